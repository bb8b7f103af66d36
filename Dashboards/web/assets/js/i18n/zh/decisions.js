export default {
decisions: {
 title: "人工决定", count: "{count} 条有效",
 none: "还没有人作过决定", "none.text": "在复核页面确认或否定一个窗口，决定会列在这里，并可撤销。",
 more: "再显示 {count} 条", window: "窗口", undone: "{time} 由 {user} 撤销",
 calibrated: "已按 {count} 条决定校准：温度 {temperature}，期望校准误差由 {before} 降至 {after} 个百分点。",
 notCalibrated: "置信度按模型原值使用：由 {count} 条决定得到的温度 {temperature} 对未参与学习的决定没有帮助。",
},
};
