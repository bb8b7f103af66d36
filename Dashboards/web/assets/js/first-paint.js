// The remembered theme and language, set before anything is painted. Not a module: modules run too late for that.
(function () {
  var read = function (key) { try { return localStorage.getItem(key); } catch (refused) { return null; } };
  var root = document.documentElement;
  var theme = read("ausculta.theme");
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  root.dataset.theme = theme;
  var language = new URLSearchParams(location.search).get("lang") || read("ausculta.language") || navigator.language || "en";
  root.lang = /^zh/i.test(language) ? "zh-CN" : "en";
})();
