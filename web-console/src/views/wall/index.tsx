/** The wall view. */
export default function WallView() {
  return <main />
}
