// Pictures of a post, one at a time: arrow keys and swipes go on, a tap enlarges, Escape goes back to where one was.

const dialog = document.getElementById("viewer");
const picture = new Image();
let shown = [];
let at = 0;

const show = (number) => {
  at = (number + shown.length) % shown.length;
  const link = shown[at];
  picture.classList.remove("near");
  picture.src = link.href;
  picture.alt = link.querySelector("img").alt;
  dialog.querySelector("figcaption").textContent = picture.alt;
  dialog.querySelector(".number").textContent = shown.length > 1 ? `${at + 1} / ${shown.length}` : "";
  for (const button of dialog.querySelectorAll("button[value=next], button[value=before]")) button.hidden = shown.length < 2;
};
const toward = document.documentElement.dir === "rtl" ? -1 : 1;

if (dialog) {
  dialog.querySelector("figcaption").before(picture);
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".pictures a");
    if (!link?.querySelector("img") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    shown = [...link.closest(".pictures").querySelectorAll("a")].filter((one) => one.querySelector("img"));
    dialog.showModal();
    show(shown.indexOf(link));
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.value === "close" || event.target === dialog) dialog.close();
    else if (button) show(at + (button.value === "next" ? 1 : -1));
    else if (event.target === picture) picture.classList.toggle("near");
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(at + toward);
    else if (event.key === "ArrowLeft") show(at - toward);
    else if (event.key === "+" || event.key === "-") picture.classList.toggle("near", event.key === "+");
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => picture.removeAttribute("src"));
  let from;
  picture.addEventListener("pointerdown", (event) => (from = event.isPrimary && event.pointerType === "touch" ? event : undefined));
  picture.addEventListener("pointerup", (event) => {
    const far = from ? event.clientX - from.clientX : 0;
    const down = from ? event.clientY - from.clientY : 0;
    from = undefined;
    if (picture.classList.contains("near")) return;
    if (Math.abs(far) > 60 && shown.length > 1) show(at + (far < 0 ? toward : -toward));
    else if (Math.abs(down) > 120) dialog.close();
  });
}
