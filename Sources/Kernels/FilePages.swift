// What the system keeps of a file in memory.
import CKernels

/// The system's page cache, asked about one file.
public enum FilePages {
    /// Whether a byte can be read without waiting for a disk; true where that is not known.
    public static func isInMemory(descriptor: Int32, offset: Int) -> Bool {
        ck_file_byte_in_memory(descriptor, Int64(offset)) != 0
    }

    /// Lets go of the pages of program and libraries, after work that is done once: start-up, encoding labels. What is needed
    /// comes back from the page cache. Any thread may go on meanwhile.
    ///
    /// - Returns: bytes of the mappings it was done to; 0 where the system offers no way.
    @discardableResult
    public static func letGoOfCode() -> Int { ck_let_go_of_code() }
}
