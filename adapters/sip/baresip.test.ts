/** baresip, a softphone which we did not write, calls the adapter over UDP, TCP and TLS (Debian package baresip). */
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../gateway/testing/wait.ts'
import { outwardAddress, runBaresip } from './testing/baresip.ts'
import { testCertificate } from './testing/stream.ts'
import { startAdapter } from './testing.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** Runs baresip with one account and commands; its screen is kept. */
async function baresip(account: string, commands: readonly string[]) {
  const screen = await runBaresip(account, commands)
  cleanups.push(screen.end)
  return screen
}

describe('baresip', () => {
  it.each(['udp', 'tcp', 'tls'] as const)(
    'calls over %s with its log-in, is believed and answered',
    async transport => {
      const options = { tls: await testCertificate(), credentials: { '6650147': 'secret' } }
      // Its version of 2020 gives up a call when any of the challenges is SHA-256.
      const settings = { address: '0.0.0.0', trunks: [], tlsPort: 0, digestAlgorithms: ['MD5' as const] }
      const adapter = await startAdapter(settings, options)
      cleanups.push(adapter.stop)
      const place = `${outwardAddress()}:${(await adapter.serverBy(transport)).port}`
      const server = `${place};transport=${transport}`
      const account = `<sip:6650147@${server}>;auth_user=6650147;auth_pass=secret;regint=0;outbound="sip:${server}"`
      const screen = await baresip(account, [`/dial sip:*9@${place}`])
      await screen.says('Call established')
      expect(adapter.fake.signals).toMatchObject([
        { sourceId: 'sip:6650147', verified: true, origin: expect.stringMatching(new RegExp(`^${transport} `)) }
      ])
      await screen.end()
      expect(adapter.fake.rejections).toEqual([])
    }
  )

  it.each(['udp', 'tcp', 'tls'] as const)('registers over %s, and takes itself away at its end', async transport => {
    const options = { tls: await testCertificate(), credentials: { '6650147': 'secret' } }
    const settings = { address: '0.0.0.0', trunks: [], tlsPort: 0, digestAlgorithms: ['MD5' as const] }
    const adapter = await startAdapter(settings, options)
    cleanups.push(adapter.stop)
    const server = `${outwardAddress()}:${(await adapter.serverBy(transport)).port};transport=${transport}`
    const screen = await baresip(`<sip:6650147@${server}>;auth_user=6650147;auth_pass=secret;regint=120`, [])
    await until('it is registered', () => adapter.fake.sightings.find(s => s.state === 'online'))
    await until('it says so', () => screen.text.includes('200 OK'))
    await screen.end()
    await until('it is gone', () => adapter.fake.sightings.find(s => s.state === 'offline'))
    expect(adapter.fake.rejections).toEqual([])
  })
})
