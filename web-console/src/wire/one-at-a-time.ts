/** An order struck twice is sent once: while one is on its way the next is not sent. A button that looks busy does not hold back Enter. */
export function createOneAtATime(): <T>(send: () => Promise<T>) => Promise<T | undefined> {
  let sending = false
  return async send => {
    if (sending) return undefined
    sending = true
    try {
      return await send()
    } finally {
      sending = false
    }
  }
}
