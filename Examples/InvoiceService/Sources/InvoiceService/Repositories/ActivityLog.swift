import Foundation
import MongoClient

/// What happened to invoices, and each invoice as it was issued, in MongoDB.
struct ActivityLog: Sendable {
    let connection: MongoConnection
    let database: String

    /// Notes that something happened.
    func record(_ activity: Activity) async throws {
        try await connection.insert([activity.document()], into: "activity", in: database)
    }

    /// Returns what happened to an invoice, in order.
    func history(of invoice: Invoice.ID) async throws -> [Activity] {
        try await connection.find(
            "activity",
            in: database,
            filter: ["invoice": .int64(Int64(invoice))],
            options: ["sort": ["at": 1, "_id": 1]]
        ).all().compactMap(Activity.init)
    }

    /// How often each kind of thing happened by somebody's hand.
    func counts(by user: String) async throws -> [Activity.Kind: Int] {
        let reply = try await connection.run(
            [
                "aggregate": "activity", "cursor": [:],
                "pipeline": [
                    ["$match": ["by": .string(user)]], ["$group": ["_id": "$kind", "count": ["$sum": 1]]],
                ],
            ],
            in: database
        )
        let groups = reply["cursor"]?.document?["firstBatch"]?.array?.compactMap(\.document) ?? []
        return Dictionary(
            uniqueKeysWithValues: groups.compactMap { group in
                guard let kind = group["_id"]?.string.flatMap(Activity.Kind.init), let count = group["count"]?.int
                else {
                    return nil
                }
                return (kind, count)
            }
        )
    }

    /// Keeps an invoice as it was issued; nothing changes it any more, whatever becomes of the customer.
    func archive(_ invoice: Invoice, for customer: Customer) async throws {
        let lines = invoice.lines.map { line -> BSONValue in
            [
                "description": .string(line.description), "quantity": .int64(Int64(line.quantity)),
                "price": .int64(Int64(line.price.cents)),
            ]
        }
        let document: BSONDocument = [
            "_id": .string(invoice.number ?? ""), "total": .int64(Int64(invoice.total.cents)), "lines": .array(lines),
            "customer": ["name": .string(customer.name), "email": .string(customer.email)],
        ]
        try await connection.insert([document], into: "archive", in: database)
    }

    /// Returns the document that was kept of an invoice, if it was issued.
    func archived(_ number: String) async throws -> BSONDocument? {
        try await connection.find("archive", in: database, filter: ["_id": .string(number)]).all().first
    }
}

extension Activity {
    fileprivate func document() throws -> BSONDocument {
        var document: BSONDocument = [
            "invoice": .int64(Int64(invoice)), "kind": .string(kind.rawValue), "by": .string(by),
            "at": .date(milliseconds: Int64(at.timeIntervalSince1970 * 1000)),
        ]
        if let amount { try document.append(.int64(Int64(amount.cents)), forKey: "amount") }
        return document
    }

    fileprivate init?(_ document: BSONDocument) {
        guard let invoice = document["invoice"]?.int, let kind = document["kind"]?.string.flatMap(Kind.init),
            let by = document["by"]?.string, case .date(let milliseconds)? = document["at"]
        else { return nil }
        let at = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        self.init(kind, invoice, by: by, at: at, amount: document["amount"]?.int.map(Money.init(cents:)))
    }
}
