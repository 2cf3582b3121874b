/** The admin view. */
export default function AdminView() {
  return <main />
}
