// What an enrolment check tells the operator.

/// One thing to know about an enrolment.
public enum EnrolmentFinding: Hashable, Sendable {
    /// Not enough sound to know the machine by.
    case tooFewWindows(found: Int, needed: Int)
    /// Windows without sound; refused where they are many.
    case silence(windows: [Int], of: Int, isRefused: Bool)
    /// Windows driven to full scale; refused where they are many.
    case clipping(windows: [Int], of: Int, isRefused: Bool)
    /// All windows are the same sound: a frozen stream, a test tone, a repeated file.
    case tooLittleVariety(medianDistance: Double)
    /// Windows far from all others: somebody spoke, something was dropped, the machine was switched.
    case outliers(windows: [Int], of: Int)

    /// Whether the enrolment is to be refused; otherwise it is advice.
    public var isRefusal: Bool {
        switch self {
        case .tooFewWindows, .tooLittleVariety: true
        case .silence(_, _, let isRefused), .clipping(_, _, let isRefused): isRefused
        case .outliers: false
        }
    }

    /// The windows it is about, by their place in the enrolment; they are best left out.
    public var windows: [Int] {
        switch self {
        case .silence(let windows, _, _), .clipping(let windows, _, _), .outliers(let windows, _): windows
        case .tooFewWindows, .tooLittleVariety: []
        }
    }

    /// The finding and what to do.
    public var text: BilingualText {
        switch self {
        case .tooFewWindows(let found, let needed):
            BilingualText(
                english: "Only \(found) of the \(needed) windows needed were heard; listen longer.",
                chinese: "只听到 \(found) 个窗口，至少需要 \(needed) 个；请延长聆听时间。"
            )
        case .silence(let windows, let total, _):
            BilingualText(
                english: "\(windows.count) of \(total) windows are silent; check the microphone and "
                    + "that the machine runs.",
                chinese: "\(total) 个窗口中有 \(windows.count) 个无声；请检查麦克风以及机器是否在运行。"
            )
        case .clipping(let windows, let total, _):
            BilingualText(
                english: "\(windows.count) of \(total) windows are clipped; lower the gain or move the "
                    + "microphone away.",
                chinese: "\(total) 个窗口中有 \(windows.count) 个削波；请降低增益或将麦克风移远。"
            )
        case .tooLittleVariety(let distance):
            BilingualText(
                english: "All windows are almost the same sound (median distance "
                    + "\(BilingualText.number(distance, decimals: 7))); make sure this is a live microphone.",
                chinese: "所有窗口几乎是同一段声音（距离中位数 \(BilingualText.number(distance, decimals: 7))）；"
                    + "请确认麦克风在实时采集。"
            )
        case .outliers(let windows, let total):
            BilingualText(
                english: "\(windows.count) of \(total) windows differ from all others, as when somebody speaks; "
                    + "listen to them and leave them out unless the machine does sound so.",
                chinese: "\(total) 个窗口中有 \(windows.count) 个与其余差异很大，例如有人说话；请试听，若非机器正常声音请剔除。"
            )
        }
    }
}
