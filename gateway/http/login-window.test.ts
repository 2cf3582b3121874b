/** Thirty log-ins a minute and address: by a minute that no clock makes longer. */
import { expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createFakeProtocol } from '../testing/fake-protocol.ts'
import { runGateway } from '../testing/run-gateway.ts'
import { tempDir } from '../testing/temp-dir.ts'

it('an address may try again after a minute, though the clock was set back by an hour', async () => {
  const clock = createFakeClock()
  const running = await runGateway({ dir: tempDir('login-window'), clock, adapters: [createFakeProtocol().definition] })
  const ask = async () => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${running.url}/api/login`, { method: 'POST', headers, body: '{}' })).status
  }
  for (let n = 0; n < 30; n++) expect(await ask()).toBe(400)
  expect(await ask()).toBe(429)
  clock.set(-3_600_000)
  await clock.advance(59_000)
  expect(await ask()).toBe(429)
  await clock.advance(1_000)
  expect(await ask()).toBe(400)
  await running.stop()
})
