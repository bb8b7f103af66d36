// Changing one operating state of a bank while the others stay, and what all its sound has in common.

extension NormalBank {
    /// The bank with one operating state enrolled anew, or added.
    ///
    /// The other states keep their points, thinned by farthest-point sampling where the capacity is to be shared anew.
    ///
    /// - Parameters:
    ///   - name: the operating state.
    ///   - windows: its normal windows, of the bank's widths.
    ///   - capacity: points kept in all, at least one per state.
    /// - Throws: `DetectionError` as `init(windows:capacity:)`.
    public func replacing(
        state name: String,
        with windows: [NormalWindow],
        capacity: Int = NormalBank.usualCapacity
    ) throws(DetectionError) -> NormalBank {
        let fresh = try NormalBank(windows: [name: windows], capacity: max(1, capacity))
        guard fresh.embeddingWidth == embeddingWidth, fresh.descriptorWidth == descriptorWidth else {
            throw DetectionError(
                .width,
                "the new windows have \(fresh.embeddingWidth) and \(fresh.descriptorWidth) values, the bank has "
                    + "\(embeddingWidth) and \(descriptorWidth); enrol all operating states anew"
            )
        }
        let candidates = (states.filter { $0.name != name } + fresh.states).sorted { $0.name < $1.name }
        guard capacity >= candidates.count else {
            throw DetectionError(
                .tooLarge,
                "a bank of \(capacity) points cannot hold \(candidates.count) operating states; keep one point each"
            )
        }
        let shares = Self.shares(of: capacity, needs: candidates.map(\.points))
        return try NormalBank(
            embeddingWidth: embeddingWidth,
            descriptorWidth: descriptorWidth,
            states: zip(candidates, shares).map { $0.thinned(to: $1) }
        )
    }

    /// Mean of all kept embeddings; the centre that examples are compared around.
    public var centre: [Float] {
        var sums = [Double](repeating: 0, count: embeddingWidth)
        for state in states {
            let mean = state.embeddings.mean()
            for index in sums.indices { sums[index] += mean[index] * Double(state.points) }
        }
        return sums.map { Float($0 / Double(max(1, points))) }
    }
}

extension StateBank {
    fileprivate func thinned(to limit: Int) -> StateBank {
        guard points > limit else { return self }
        return picking(Coreset.farthestPoints(in: embeddings, limit: limit))
    }
}
