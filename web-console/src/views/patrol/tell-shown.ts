/** "Shown on the phone" is told once somebody could see it: never from a page in the pocket, and again until the gateway has kept it. */
import { backOffMs } from '../../player/policy.ts'
import { Refusal } from '../../wire/api.ts'

export type SeenPage = Pick<Document, 'hidden' | 'addEventListener' | 'removeEventListener'>

/** Over, or not this phone's: asking again would not help. A lost session (401) is not one of them. */
const isFinal = (error: unknown) => error instanceof Refusal && [400, 403, 404].includes(error.status)

/** Sends as soon as the page is in sight; the answer ends it. */
export function tellShown(page: SeenPage, send: () => Promise<unknown>): () => void {
  let ended = false
  let sending = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = () => {
    ended = true
    clearTimeout(timer)
    page.removeEventListener('visibilitychange', tell)
  }
  async function tell() {
    if (ended || sending || page.hidden) return
    clearTimeout(timer)
    sending = true
    try {
      await send()
      end()
    } catch (error) {
      if (isFinal(error)) end()
      else if (!ended) timer = setTimeout(tell, backOffMs(++failures, Math.random()))
    } finally {
      sending = false
    }
  }
  page.addEventListener('visibilitychange', tell)
  void tell()
  return end
}
