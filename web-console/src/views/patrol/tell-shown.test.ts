/** When the floor is told that a group call stood on the phone. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Refusal } from '../../wire/api.ts'
import { type SeenPage, tellShown } from './tell-shown.ts'

class Page extends EventTarget {
  hidden = false
  see(hidden: boolean): void {
    this.hidden = hidden
    this.dispatchEvent(new Event('visibilitychange'))
  }
}
const LONG_MS = 120_000
let page: Page
beforeEach(() => {
  vi.useFakeTimers()
  page = new Page()
})
afterEach(() => {
  vi.useRealTimers()
})
const tell = (send: () => Promise<unknown>) => tellShown(page as unknown as SeenPage, send)

it('says nothing from a pocket; once, when the page is looked at', async () => {
  page.hidden = true
  const send = vi.fn(async () => undefined)
  tell(send)
  await vi.advanceTimersByTimeAsync(LONG_MS)
  expect(send).not.toHaveBeenCalled()
  page.see(false)
  await vi.advanceTimersByTimeAsync(LONG_MS)
  page.see(true)
  page.see(false)
  await vi.advanceTimersByTimeAsync(LONG_MS)
  expect(send).toHaveBeenCalledOnce()
})

it('says it again until the gateway has kept it', async () => {
  const send = vi.fn<() => Promise<unknown>>()
  send
    .mockRejectedValueOnce(new Refusal('OFFLINE', 0, 'cut'))
    .mockRejectedValueOnce(new Refusal('STORE_FAILED', 503, ''))
  send.mockResolvedValue(undefined)
  tell(send)
  await vi.advanceTimersByTimeAsync(LONG_MS)
  expect(send).toHaveBeenCalledTimes(3)
})

it('stops when the call is over and when the page goes', async () => {
  const over = vi.fn(async () => Promise.reject(new Refusal('NOT_FOUND', 404, '')))
  tell(over)
  const cut = vi.fn(async () => Promise.reject(new Refusal('OFFLINE', 0, 'cut')))
  tell(cut)()
  await vi.advanceTimersByTimeAsync(LONG_MS)
  page.see(false)
  await vi.advanceTimersByTimeAsync(LONG_MS)
  expect([over.mock.calls.length, cut.mock.calls.length]).toEqual([1, 1])
})
