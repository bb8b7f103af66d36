// What a machine sounds like when all is well: embeddings and acoustic descriptors, per operating state.

/// One window of normal sound, as enrolment hears it.
public struct NormalWindow: Hashable, Sendable {
    /// The audio embedding.
    public let embedding: [Float]
    /// The acoustic descriptor; empty where none is kept.
    public let descriptor: [Float]
    /// The block of windows it was heard in, close to it in time; nil for a block of its own. What is normal is judged
    /// without a window's whole block, see `TimeBlocks`.
    public let block: Int?

    /// Makes a window.
    public init(embedding: [Float], descriptor: [Float] = [], block: Int? = nil) {
        self.embedding = embedding
        self.descriptor = descriptor
        self.block = block
    }
}

/// The normal sound of one operating state ("idle", "full load").
public struct StateBank: Hashable, Sendable {
    /// The state's name; empty where the machine has only one.
    public let name: String
    /// Kept embeddings at length one: (points, embedding width).
    public let embeddings: RowMatrix
    /// Their descriptors as given: (points, descriptor width).
    public let descriptors: RowMatrix
    /// The block each was heard in, by number from 0 in the order they appear: points of one block never judge each other.
    public let blocks: [Int]
    /// Windows that were offered; the kept ones stand for them.
    public let windowsHeard: Int

    /// Kept windows.
    public var points: Int { embeddings.rows }

    /// - Parameter blocks: of each point, nil for one of its own; empty for none that share one.
    init(
        name: String,
        embeddings: RowMatrix,
        descriptors: RowMatrix,
        blocks: [Int?] = [],
        windowsHeard: Int
    ) {
        self.name = name
        self.embeddings = embeddings
        self.descriptors = descriptors
        self.blocks = TimeBlocks.numbered(
            blocks.count == embeddings.rows ? blocks : [Int?](repeating: nil, count: embeddings.rows)
        )
        self.windowsHeard = windowsHeard
    }

    /// The state with some of its points.
    func picking(_ kept: [Int]) -> StateBank {
        StateBank(
            name: name,
            embeddings: embeddings.picking(kept),
            descriptors: descriptors.picking(kept),
            blocks: kept.map { blocks[$0] },
            windowsHeard: windowsHeard
        )
    }
}

/// The normal sound of one machine: at most `capacity` windows over all its operating states.
///
/// 256 points of a 512-wide embedding take 512 KiB; `encoded()` stays under one megabyte or enrolment is refused.
public struct NormalBank: Hashable, Sendable {
    /// Values in an embedding.
    public let embeddingWidth: Int
    /// Values in a descriptor; 0 where none are kept.
    public let descriptorWidth: Int
    /// The states, by name.
    public let states: [StateBank]

    /// Points kept unless told otherwise.
    public static let usualCapacity = 256
    /// The most bytes a stored bank may take.
    public static let largestBytes = 1_000_000

    /// Enrols a machine.
    ///
    /// The capacity is shared between the states: each gets an equal share, and what one does not need goes to the
    /// others. Windows beyond a share are thinned by farthest-point sampling on the embedding.
    ///
    /// - Parameters:
    ///   - windows: normal windows per state, all of one width.
    ///   - capacity: points kept in all, at least one per state.
    /// - Throws: `DetectionError` for no windows, differing widths, values that are no numbers, too much to store.
    public init(
        windows: [String: [NormalWindow]],
        capacity: Int = NormalBank.usualCapacity
    ) throws(DetectionError) {
        let occupied = windows.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        guard let first = occupied.first?.value.first, !first.embedding.isEmpty else {
            throw DetectionError(.empty, "enrolment has no windows of normal sound; listen longer")
        }
        guard capacity >= occupied.count else {
            throw DetectionError(
                .tooLarge,
                "a bank of \(capacity) points cannot hold \(occupied.count) operating states; keep one point each"
            )
        }
        let shares = Self.shares(of: capacity, needs: occupied.map(\.value.count))
        var states: [StateBank] = []
        for ((name, windows), share) in zip(occupied, shares) {
            for (index, window) in windows.enumerated() {
                let place = "window \(index) of state \"\(name)\""
                try DetectionError.check(window.embedding, width: first.embedding.count, place: "embedding of \(place)")
                try DetectionError.check(
                    window.descriptor,
                    width: first.descriptor.count,
                    place: "descriptor of \(place)"
                )
            }
            let embeddings = RowMatrix(windows.map { $0.embedding.normalised() }, columns: first.embedding.count)
            let kept = Coreset.farthestPoints(in: embeddings, limit: share)
            states.append(
                StateBank(
                    name: name,
                    embeddings: embeddings.picking(kept),
                    descriptors: RowMatrix(kept.map { windows[$0].descriptor }, columns: first.descriptor.count),
                    blocks: kept.map { windows[$0].block },
                    windowsHeard: windows.count
                )
            )
        }
        try self.init(
            embeddingWidth: first.embedding.count,
            descriptorWidth: first.descriptor.count,
            states: states
        )
    }

    init(embeddingWidth: Int, descriptorWidth: Int, states: [StateBank]) throws(DetectionError) {
        self.embeddingWidth = embeddingWidth
        self.descriptorWidth = descriptorWidth
        self.states = states
        guard encodedBytes <= Self.largestBytes else {
            throw DetectionError(
                .tooLarge,
                "the bank takes \(encodedBytes) bytes, at most \(Self.largestBytes) are kept; lower its capacity"
            )
        }
    }

    /// Points over all states.
    public var points: Int { states.reduce(0) { $0 + $1.points } }

    /// Equal shares; what a small state leaves over goes to those that need more, earlier states first.
    static func shares(of capacity: Int, needs: [Int]) -> [Int] {
        var shares = [Int](repeating: 0, count: needs.count)
        var left = capacity
        while left > 0 {
            let hungry = needs.indices.filter { shares[$0] < needs[$0] }
            guard !hungry.isEmpty else { break }
            let each = max(1, left / hungry.count)
            for index in hungry where left > 0 {
                let portion = min(each, needs[index] - shares[index], left)
                shares[index] += portion
                left -= portion
            }
        }
        return shares
    }
}
