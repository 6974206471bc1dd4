// A line at the bottom that is shown and spoken.

const line = document.getElementById("said");
export const say = (words) => {
  line.textContent = "";
  line.textContent = words;
};
