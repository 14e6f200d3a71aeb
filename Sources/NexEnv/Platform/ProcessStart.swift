#if MongoDB
import MongoClient
#endif

/// The first thing that a process of nexenv does.
package enum ProcessStart {
    /// Undoes what libraries did while they were loaded and what would outlive a process that is killed.
    package static func cleanUp() {
        #if MongoDB
        MongoLibrary.forgetCounters()
        #endif
    }
}
