/** The demo view. */
export default function DemoView() {
  return <main />
}
