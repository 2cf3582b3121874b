/** Log-in. */
export function LoginView() {
  return <main />
}
