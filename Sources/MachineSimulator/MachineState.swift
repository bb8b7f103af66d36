// The states of every kind of machine: healthy and what can ail it, with their names in English and Chinese.

/// What a machine is, healthy or not; the raw values are the ids labels and corpora use. `MachineKind.states` says which
/// of them a kind can be in.
public enum MachineState: String, Sendable, CaseIterable, Codable {
    case normal
    case bearingLackingOil = "bearing-lacking-oil"
    case valvePlateBroken = "valve-plate-broken"
    case motorOverheating = "motor-overheating"
    case cavitation
    case bearingWorn = "bearing-worn"
    case runningDry = "running-dry"
    case sealLeaking = "seal-leaking"
    case couplingLoose = "coupling-loose"
    case unbalance
    case bladeRubbing = "blade-rubbing"
    case bearingLackingGrease = "bearing-lacking-grease"
    case filterClogged = "filter-clogged"
    case bearingOuterRace = "bearing-outer-race"
    case rotorBarBroken = "rotor-bar-broken"
    case foundationLoose = "foundation-loose"
    case toothBroken = "tooth-broken"
    case gearsWorn = "gears-worn"
    case misalignment
    case gearsLackingOil = "gears-lacking-oil"

    /// The state in English, as an operator reads it.
    public var englishName: String { names.english }

    /// The state in Chinese.
    public var chineseName: String { names.chinese }

    private var names: (english: String, chinese: String) {
        switch self {
        case .normal: ("Normal running", "正常运行")
        case .bearingLackingOil: ("Bearing lacking oil", "轴承缺油")
        case .valvePlateBroken: ("Valve plate broken", "阀片破裂")
        case .motorOverheating: ("Motor overheating", "电机过热")
        case .cavitation: ("Cavitation", "气蚀")
        case .bearingWorn: ("Bearing worn", "轴承磨损")
        case .runningDry: ("Running dry, air in the line", "干转或管路进气")
        case .sealLeaking: ("Shaft seal leaking", "轴封泄漏")
        case .couplingLoose: ("Coupling loose", "联轴器松动")
        case .unbalance: ("Unbalance", "转子不平衡")
        case .bladeRubbing: ("Blade rubbing", "叶片碰擦")
        case .bearingLackingGrease: ("Bearing lacking grease", "轴承缺脂")
        case .filterClogged: ("Filter clogged", "滤网堵塞")
        case .bearingOuterRace: ("Bearing outer race damaged", "轴承外圈损伤")
        case .rotorBarBroken: ("Rotor bar broken", "转子断条")
        case .foundationLoose: ("Foundation loose", "地脚松动")
        case .toothBroken: ("Tooth broken", "断齿")
        case .gearsWorn: ("Gears worn", "齿轮磨损")
        case .misalignment: ("Shaft misalignment", "轴不对中")
        case .gearsLackingOil: ("Gears lacking oil", "齿轮缺油")
        }
    }
}

extension MachineKind {
    /// The states this kind of machine can be in, `normal` first.
    public var states: [MachineState] {
        switch self {
        case .compressor: [.normal, .bearingLackingOil, .valvePlateBroken, .motorOverheating]
        case .pump: [.normal, .cavitation, .bearingWorn, .runningDry, .sealLeaking, .couplingLoose]
        case .fan: [.normal, .unbalance, .bladeRubbing, .bearingLackingGrease, .filterClogged]
        case .gearbox: [.normal, .toothBroken, .gearsWorn, .misalignment, .gearsLackingOil]
        case .motor: [.normal, .bearingOuterRace, .rotorBarBroken, .motorOverheating, .foundationLoose]
        }
    }

    /// The faults this kind can have: its states without `normal`.
    public var faults: [MachineState] { states.filter { $0 != .normal } }
}
