// What is wrong, in words, with what to do about it: read off the facts, for the System page and for live updates.
import Foundation
import MachineHealth
import TrendLog

/// Something that needs somebody.
struct PlantProblem: Hashable, Sendable, Encodable {
    let id: String
    let severity: Severity
    @OrNull var machine: String?
    let text: Words
    let remedy: Words

    static func == (left: PlantProblem, right: PlantProblem) -> Bool {
        left.id == right.id && left.severity == right.severity && left.machine == right.machine
            && left.text == right.text && left.remedy == right.remedy
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(machine)
    }

    /// Least space a trend log's disk should have left.
    private static let leastFreeBytes: Int64 = 1 << 30
    /// An event older than this that was not sent is a problem even while the broker is connected.
    private static let longestOutboxSeconds = 60.0

    /// Everything wrong at present, worst first.
    static func all(status: PlantStatus, machines: [LiveMachine]) -> [PlantProblem] {
        (service(status) + machines.flatMap { of($0, now: status.now) })
            .sorted { ($1.severity, $0.id, $0.machine ?? "") < ($0.severity, $1.id, $1.machine ?? "") }
    }

    private static func service(_ status: PlantStatus) -> [PlantProblem] {
        var problems: [PlantProblem] = []
        let broker = status.broker
        switch broker.state {
        case .connected, .connecting, .stopped: break
        case .disconnected:
            let detail = broker.detail.map { ": \($0)" } ?? ""
            problems.append(
                PlantProblem(
                    id: "broker_disconnected",
                    severity: .critical,
                    machine: nil,
                    text: Words(
                        en: "The broker \(broker.url) is not connected\(detail)",
                        zh: "未连接消息服务器 \(broker.url)\(detail)"
                    ),
                    remedy: Words(
                        en: "Check that it runs and that this box reaches it; no sound arrives and events wait.",
                        zh: "请检查其是否运行、网络是否可达；在此期间收不到声音，事件在本机等待发送。"
                    )
                )
            )
        case .refused:
            let detail = broker.detail.map { ": \($0)" } ?? ""
            problems.append(
                PlantProblem(
                    id: "broker_refused",
                    severity: .critical,
                    machine: nil,
                    text: Words(
                        en: "The broker \(broker.url) refuses this box\(detail)",
                        zh: "消息服务器 \(broker.url) 拒绝本机连接\(detail)"
                    ),
                    remedy: Words(
                        en: "Check user name, password file, certificate and the broker's access rules.",
                        zh: "请检查用户名、密码文件、证书以及服务器的访问规则。"
                    )
                )
            )
        }
        if let outbox = status.outbox, let oldest = outbox.oldest, broker.state == .connected,
            status.now.timeIntervalSince(oldest) > longestOutboxSeconds
        {
            let said = outbox.lastError.map { ": \($0)" } ?? ""
            problems.append(
                PlantProblem(
                    id: "outbox_waiting",
                    severity: .warning,
                    machine: nil,
                    text: Words(
                        en: "\(outbox.pending) events wait although the broker is connected\(said)",
                        zh: "消息服务器已连接，但仍有 \(outbox.pending) 条事件未送出\(said)"
                    ),
                    remedy: Words(
                        en: "Allow this box to publish below ausculta/\(status.site)/ in the broker's access rules.",
                        zh: "请在服务器访问规则中允许本机在 ausculta/\(status.site)/ 下发布。"
                    )
                )
            )
        }
        if status.outbox == nil || status.store.commitsWaiting > 0 {
            problems.append(
                PlantProblem(
                    id: "store_not_written",
                    severity: .critical,
                    machine: nil,
                    text: Words(
                        en: "The trend log \(status.store.path) cannot be written; \(status.store.commitsWaiting) "
                            + "commits wait in memory",
                        zh: "趋势记录 \(status.store.path) 无法写入；\(status.store.commitsWaiting) 条记录在内存中等待"
                    ),
                    remedy: Words(
                        en: "Free space on its disk, or give the service write access to its folder.",
                        zh: "请释放磁盘空间，或给予服务对该文件夹的写权限。"
                    )
                )
            )
        }
        if let free = status.store.freeBytes, free < leastFreeBytes {
            let megabytes = free / 1_000_000
            problems.append(
                PlantProblem(
                    id: "disk_low",
                    severity: free < leastFreeBytes / 10 ? .critical : .warning,
                    machine: nil,
                    text: Words(
                        en: "Only \(megabytes) MB are free on the disk of the trend log",
                        zh: "趋势记录所在磁盘仅剩 \(megabytes) MB"
                    ),
                    remedy: Words(
                        en: "Free space, or lower store.retain and store.max_size.",
                        zh: "请释放空间，或减小 store.retain 与 store.max_size。"
                    )
                )
            )
        }
        if let reason = status.evidence.lastFailure {
            problems.append(
                PlantProblem(
                    id: "clips_lost",
                    severity: .warning,
                    machine: nil,
                    text: Words(
                        en: "The sound of the last event could not be kept, \(status.evidence.lost) clips are lost: "
                            + reason,
                        zh: "最近一次事件的声音未能保存，共丢失 \(status.evidence.lost) 段：\(reason)"
                    ),
                    remedy: Words(
                        en: "Free space on the disk of the trend log, or give the service write access beside it.",
                        zh: "请释放趋势记录所在磁盘的空间，或给予服务对其所在文件夹的写权限。"
                    )
                )
            )
        }
        if status.windows.hopStretch > 1 {
            let factor = status.windows.hopStretch
            problems.append(
                PlantProblem(
                    id: "overload",
                    severity: .warning,
                    machine: nil,
                    text: Words(
                        en: "This box cannot judge every window: one in \(factor) of every machine is judged",
                        zh: "本机无法判定全部窗口：每台机器每 \(factor) 个窗口判定一个"
                    ),
                    remedy: Words(
                        en: "Lengthen window.hop, take machines off this box, or use a smaller model.",
                        zh: "请增大 window.hop、减少机器数量，或使用更小的模型。"
                    )
                )
            )
        }
        return problems
    }

    private static func of(_ machine: LiveMachine, now: Date) -> [PlantProblem] {
        var problems: [PlantProblem] = []
        let id = machine.description.id
        let name = Words(machine.description.name, id: id)
        let health = machine.health
        if health.grade == .offline {
            let heard = machine.stream.lastChunk
            problems.append(
                PlantProblem(
                    id: "machine_offline",
                    severity: .warning,
                    machine: id,
                    text: heard == nil
                        ? Words(
                            en: "\(name.en) has not been heard since the service started",
                            zh: "服务启动以来未收到 \(name.zh) 的声音"
                        )
                        : Words(en: "\(name.en) is no longer heard", zh: "已收不到 \(name.zh) 的声音"),
                    remedy: Words(
                        en: "Check its microphone and network, and that it sends to \(machine.description.topic).",
                        zh: "请检查麦克风与网络，以及其发送主题是否为 \(machine.description.topic)。"
                    )
                )
            )
        } else if health.isOnline, health.quality == .stale, machine.stream.lastChunk != nil {
            problems.append(
                PlantProblem(
                    id: "machine_not_classified",
                    severity: .warning,
                    machine: id,
                    text: Words(
                        en: "Sound of \(name.en) arrives, but no window of it could be judged lately",
                        zh: "收到 \(name.zh) 的声音，但近期没有可判定的窗口"
                    ),
                    remedy: Words(
                        en: "Look at its dropped chunks and gaps; the log says why chunks are refused.",
                        zh: "请查看丢弃的数据块与间断；日志写明数据块被拒的原因。"
                    )
                )
            )
        } else if health.isOnline, (health.levelDBFS ?? 0) <= -90 {
            problems.append(
                PlantProblem(
                    id: "machine_silent",
                    severity: .advisory,
                    machine: id,
                    text: Words(
                        en: "The microphone of \(name.en) delivers silence",
                        zh: "\(name.zh) 的麦克风只有静音"
                    ),
                    remedy: Words(
                        en: "Check that it is plugged in, not muted, and that its gain is up.",
                        zh: "请检查是否接好、是否静音以及增益。"
                    )
                )
            )
        }
        return problems
    }
}
