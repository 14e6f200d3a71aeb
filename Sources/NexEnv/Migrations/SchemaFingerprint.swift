/// What a database consists of, object by object: tables, indexes, functions, collections, but no rows.
package struct SchemaFingerprint: Sendable, Hashable {
    /// What defines each object, by what it is called: `index public.invoice_number`.
    package var objects: [String: String]

    package init(_ objects: [String: String] = [:]) {
        self.objects = objects
    }

    /// One object in which two databases differ.
    package struct Difference: Sendable, Hashable {
        package var object: String
        /// Nothing where the object is new.
        package var before: String?
        /// Nothing where the object is gone.
        package var after: String?
    }

    /// Returns what is different in another one, by the objects' names.
    package func differences(to other: SchemaFingerprint) -> [Difference] {
        Set(objects.keys).union(other.objects.keys).sorted().compactMap { name in
            let (before, after) = (objects[name], other.objects[name])
            return before == after ? nil : Difference(object: name, before: before, after: after)
        }
    }
}
