// Menus made of <details>: they work without this; with it, Escape or a click elsewhere closes them.

const menus = [...document.querySelectorAll("details[data-menu]")];

document.addEventListener("click", ({ target }) => {
  for (const menu of menus) if (!menu.contains(target)) menu.open = false;
});

document.addEventListener("keydown", ({ key }) => {
  const open = menus.find((menu) => menu.open);
  if (key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
