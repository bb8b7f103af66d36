// What the system keeps of a file in memory.
import CKernels

/// The system's page cache, asked about one file.
public enum FilePages {
    /// Whether a byte can be read without waiting for a disk; true where that is not known.
    public static func isInMemory(descriptor: Int32, offset: Int) -> Bool {
        ck_file_byte_in_memory(descriptor, Int64(offset)) != 0
    }
}
