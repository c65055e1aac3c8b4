// Shown where the page is in a frame of another site.
export default function ({ parentElement }) {
  parentElement.querySelector("p").hidden = window.self === window.top
  parentElement.querySelector("a").href = window.location.href
}
