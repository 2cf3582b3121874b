/** Gives the focus to a field that was just asked for by its key. A stable function: as a ref it runs once, when the field appears, and never takes the focus back. */
export function takeFocus(input: HTMLInputElement | null): void {
  input?.focus({ preventScroll: true })
}
