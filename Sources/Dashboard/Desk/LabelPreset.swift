// Sets of labels to begin with: parallel phrases, each set with an anchor, in English and Chinese.
import Foundation

/// A set of labels offered at the desk.
struct LabelPreset: Encodable, Hashable {
    struct Labels: Encodable, Hashable {
        let en: [String]
        let zh: [String]
    }

    struct Document: Encodable {
        var presets: [LabelPreset]
    }

    let id: String
    let name: DeskText
    let labels: Labels

    static let all = [
        LabelPreset(
            id: "compressor",
            name: DeskText(en: "Air compressor", zh: "空气压缩机"),
            labels: Labels(
                en: ["normal running", "bearing lacking oil", "valve plate broken", "motor overheating", "other"],
                zh: ["正常运行", "轴承缺油", "阀片破裂", "电机过热", "其他"]
            )
        ),
        LabelPreset(
            id: "pump",
            name: DeskText(en: "Pump", zh: "水泵"),
            labels: Labels(
                en: [
                    "pump running smoothly", "pump cavitating", "pump bearing grinding", "pump seal leaking",
                    "pump running dry", "other sounds",
                ],
                zh: ["水泵平稳运行", "水泵气蚀", "水泵轴承摩擦", "水泵密封泄漏", "水泵空转", "其他声音"]
            )
        ),
        LabelPreset(
            id: "home-security",
            name: DeskText(en: "Home security", zh: "家庭安防"),
            labels: Labels(
                en: [
                    "glass breaking", "door knocking", "dog barking", "baby crying", "smoke alarm beeping",
                    "person screaming", "background noise",
                ],
                zh: ["玻璃破碎", "敲门声", "狗叫声", "婴儿啼哭", "烟雾报警器鸣响", "有人尖叫", "背景噪声"]
            )
        ),
        LabelPreset(
            id: "server-room",
            name: DeskText(en: "Server room", zh: "服务器机房"),
            labels: Labels(
                en: [
                    "fans humming steadily", "fan bearing squealing", "hard disk clicking", "UPS alarm beeping",
                    "water dripping", "power supply buzzing", "other sounds",
                ],
                zh: ["风扇平稳嗡鸣", "风扇轴承尖啸", "硬盘咔哒作响", "UPS 报警鸣响", "滴水声", "电源嗡嗡作响", "其他声音"]
            )
        ),
        LabelPreset(
            id: "content-tagging",
            name: DeskText(en: "Content tagging", zh: "内容标注"),
            labels: Labels(
                en: [
                    "person speaking", "music playing", "people laughing", "crowd applauding", "traffic passing",
                    "birds singing", "rain falling", "background noise",
                ],
                zh: ["有人说话", "播放音乐", "人们大笑", "观众鼓掌", "车辆驶过", "鸟儿鸣叫", "下雨声", "背景噪声"]
            )
        ),
    ]
}
