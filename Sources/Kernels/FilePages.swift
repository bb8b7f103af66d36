// What the system keeps of the program's own files in memory.
import CKernels

/// The pages of program and libraries.
public enum FilePages {
    /// Lets go of the pages of program and libraries, after work that is done once: start-up, encoding labels. What is needed
    /// comes back from the page cache. Any thread may go on meanwhile.
    ///
    /// - Returns: bytes of the mappings it was done to; 0 where the system offers no way.
    @discardableResult
    public static func letGoOfCode() -> Int { ck_let_go_of_code() }
}
