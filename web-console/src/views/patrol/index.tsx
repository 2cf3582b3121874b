/** The patrol view. */
export default function PatrolView() {
  return <main />
}
