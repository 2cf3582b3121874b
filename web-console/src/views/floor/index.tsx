/** The floor view. */
export default function FloorView() {
  return <main />
}
