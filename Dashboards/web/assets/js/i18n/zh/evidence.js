export default {
  "evidence.sentence": "连续 {count} 个窗口听到{label}，均高于 {threshold}：{values}。",
  "evidence.changed": "连续 {count} 个窗口不同于设备自身的正常声音，且没有标签能够解释。",
  "evidence.windows": "触发报警的窗口", "evidence.scores": "该窗口的得分", "evidence.sound": "报警时的声音",
  "evidence.window": "第 {n} 个窗口，共 {of} 个，{from} 至 {to}",
  "evidence.kept": "自 {from} 起保留 {seconds} 秒；标出的区段是计入的窗口。",
  "evidence.noSound": "没有保留声音", "evidence.noSound.text": "此设备关闭了录音，或片段已超过保留期限。",
  "evidence.soon": "正在保留声音", "evidence.soon.text": "报警之后的几秒也听到后，声音会显示在这里。",
  "evidence.noWindows": "此报警的窗口已不在记录中。",
};
