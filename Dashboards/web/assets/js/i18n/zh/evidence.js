export default {
evidence: {
 sentence: "连续 {count} 个窗口听到{label}，均高于 {threshold}：{values}。",
 changed: "连续 {count} 个窗口不同于设备自身的正常声音，且没有标签能够解释。",
 windows: "触发报警的窗口", scores: "该窗口的得分", sound: "报警时的声音",
 window: "第 {n} 个窗口，共 {of} 个，{from} 至 {to}",
 kept: "自 {from} 起保留 {seconds} 秒；标出的区段是计入的窗口。",
 noSound: "没有保留声音", "noSound.text": "此设备关闭了录音，或片段已超过保留期限。",
 soon: "正在保留声音", "soon.text": "报警之后的几秒也听到后，声音会显示在这里。",
 noWindows: "此报警的窗口已不在记录中。",
},
};
