/** baresip, a softphone which we did not write, calls the adapter over UDP, TCP and TLS (Debian package baresip). */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../gateway/testing/wait.ts'
import { testCertificate } from './testing/stream.ts'
import { startAdapter } from './testing.ts'

const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const CONFIG = `
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
audio_player aubridge,nil
audio_source aubridge,nil
audio_alert aubridge,nil
`

/** Runs baresip with one account and commands; its screen is kept. */
async function baresip(account: string, commands: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'baresip-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'config'), CONFIG)
  await writeFile(join(folder, 'accounts'), `${account}\n`)
  const child = spawn('baresip', ['-f', folder, ...commands.flatMap(c => ['-e', c])], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const screen = { text: '', child, missing: undefined as Error | undefined }
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      screen.text += bytes.toString()
    })
  child.once('error', error => {
    screen.missing = new Error(`baresip is needed (Debian package baresip-core): ${error.message}`)
  })
  cleanups.push(() => ended(child))
  return screen
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise<void>(resolve => void child.once('exit', () => resolve()))
  child.kill('SIGINT')
  await gone
}

/** It knows no loopback: it must be called by a network card's address. */
function outwardAddress(): string {
  const cards = Object.values(networkInterfaces()).flatMap(list => list ?? [])
  const card = cards.find(({ family, internal }) => family === 'IPv4' && !internal)
  if (!card) throw new Error('baresip needs a network card beside the loopback')
  return card.address
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
      await until('the call is established', () => {
        if (screen.missing) throw screen.missing
        return screen.text.includes('Call established')
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${screen.text.slice(-2_000)}`)
      })
      expect(adapter.fake.signals).toMatchObject([
        { sourceId: 'sip:6650147', verified: true, origin: expect.stringMatching(new RegExp(`^${transport} `)) }
      ])
      await ended(screen.child)
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
    await ended(screen.child)
    await until('it is gone', () => adapter.fake.sightings.find(s => s.state === 'offline'))
    expect(adapter.fake.rejections).toEqual([])
  })
})
