/** Sealed voice with baresip, which we did not write (Debian package baresip-core): calls in and calls out over TLS; the sound is equal bit by bit at both ends. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { VoiceKeeper, VoiceOutcome } from '../../gateway/core/voice.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import type { SipConfig } from './config.ts'
import { type BaresipScreen, outwardAddress, runBaresip } from './testing/baresip.ts'
import { testCertificate } from './testing/stream.ts'
import { startAdapter } from './testing.ts'

const WAV_HEAD = 58
const LONG_MS = 120_000
const PROMPT = readFileSync(join(import.meta.dirname, 'prompts', 'help-coming.zh.alaw'))
const ffmpeg = (...args: string[]) =>
  execFileSync('ffmpeg', ['-v', 'error', ...args], { maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'ignore'] })
/** Never repeats itself. */
const NOISE = ffmpeg(...'-f lavfi -i anoisesrc=d=60:r=8000:a=0.5 -ac 1 -f alaw -'.split(' '))
/** A tenth of a second of the prompt. */
const PIECE = PROMPT.subarray(8_000, 8_800)
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(settings: Partial<SipConfig> = {}) {
  const kept: VoiceOutcome[] = []
  const voice: VoiceKeeper = {
    dir: tempDir('srtp'),
    begin: () => {},
    end: async (_, outcome) => void kept.push(outcome)
  }
  const options = { tls: await testCertificate(), credentials: { '6650147': 'secret' }, voice }
  const base = { address: '0.0.0.0', trunks: [], tlsPort: 0, digestAlgorithms: ['MD5' as const] }
  const adapter = await startAdapter({ ...base, ...settings }, options)
  cleanups.push(adapter.stop)
  const recording = async () => {
    const outcome = await until('a recording', () => kept[0], 30_000)
    return readFileSync(join(voice.dir, outcome.file?.file ?? '')).subarray(WAV_HEAD)
  }
  return { ...adapter, recording }
}

/** It says noise that never repeats, and keeps in files what it says and what it hears. */
async function telephone(adapter: Awaited<ReturnType<typeof start>>, how: Call, commands: readonly string[] = []) {
  const { menc, transport = 'tls', register = false } = how
  const place = `${outwardAddress()}:${(await adapter.serverBy(transport)).port}`
  const server = `${place};transport=${transport}`
  const dir = tempDir('noise')
  const noise = join(dir, 'noise.wav')
  writeFileSync(join(dir, 'noise.alaw'), NOISE)
  ffmpeg('-f', 'alaw', '-ar', '8000', '-ac', '1', '-i', join(dir, 'noise.alaw'), noise)
  const account = [
    `<sip:6650147@${server}>;auth_user=6650147;auth_pass=secret;regint=${register ? 120 : 0};outbound="sip:${server}"`,
    ...(menc === '' ? [] : [`mediaenc=${menc}`]),
    'answermode=auto;audio_codecs=pcma'
  ].join(';')
  const modules = ['srtp', 'aufile', 'sndfile'].map(name => `module ${name}.so`)
  const config = [...modules, `audio_source aufile,${noise}`, `snd_path ${dir}`]
  const screen = await runBaresip(account, register ? commands : [`/dial sip:*9@${place}`], config)
  cleanups.push(screen.end)
  const heard = () => {
    const name = readdirSync(dir).find(each => each.endsWith('-dec.wav'))
    // The file lacks its length until it ends.
    return name === undefined
      ? Buffer.alloc(0)
      : ffmpeg('-ignore_length', '1', '-i', join(dir, name), '-f', 'alaw', '-')
  }
  return { screen, heard }
}

interface Call {
  readonly menc: 'srtp' | 'srtp-mand' | ''
  readonly transport?: 'udp' | 'tls'
  readonly register?: boolean
}

const sealed = (screen: BaresipScreen) => screen.says('SRTP is Enabled (cryptosuite=AES_CM_128_HMAC_SHA1_80)')

/** Half a second from the middle of what was kept is what was said. */
function expectSaid(kept: Buffer): void {
  const middle = Math.floor(kept.length / 2)
  const piece = kept.subarray(middle, middle + 4_000)
  expect(piece.length).toBe(4_000)
  expect(NOISE.indexOf(piece)).toBeGreaterThanOrEqual(0)
}

describe('baresip calls over TLS', () => {
  it.each(['srtp', 'srtp-mand'] as const)(
    '%s: what each says the other hears, bit by bit',
    {
      timeout: LONG_MS
    },
    async menc => {
      const adapter = await start()
      const phone = await telephone(adapter, { menc })
      await sealed(phone.screen)
      await until('the prompt is heard', () => phone.heard().includes(PIECE), 60_000)
      await phone.screen.end()
      expectSaid(await adapter.recording())
      expect(adapter.fake.rejections).toEqual([])
    }
  )

  it('with voice in clear: it is refused where sealing is required, and is an alarm all the same', {
    timeout: LONG_MS
  }, async () => {
    const adapter = await start({ srtp: 'required' })
    const phone = await telephone(adapter, { menc: '' })
    await phone.screen.says('488 Not Acceptable')
    expect(adapter.fake.signals).toMatchObject([{ sourceId: 'sip:6650147', verified: true, alarmClass: 'panic' }])
  })

  it('over UDP: keys are passed over, the voice is in clear', { timeout: LONG_MS }, async () => {
    const adapter = await start()
    const phone = await telephone(adapter, { menc: 'srtp', transport: 'udp' })
    await until('the prompt is heard', () => phone.heard().includes(PIECE), 60_000)
    expect(phone.screen.text).not.toContain('SRTP is Enabled')
    await phone.screen.end()
    expectSaid(await adapter.recording())
  })
})

describe('baresip is rung over TLS', () => {
  it.each([
    ['srtp-mand', true],
    ['srtp', true],
    ['', false]
  ] as const)('%s: sealed %s', { timeout: LONG_MS }, async (menc, isSealed) => {
    const adapter = await start()
    const phone = await telephone(adapter, { menc, register: true })
    await until('it is registered', () => adapter.fake.sightings.find(s => s.state === 'online'), 30_000)
    const told: string[] = []
    const call = adapter.place(
      { number: '6650147', ringMs: 60_000, speech: { pieces: [{ name: 'help-coming.zh' }], repeat: true } },
      {
        ...{ ringing: () => {}, digit: () => {}, spoken: () => {}, way: () => {} },
        answered: () => void told.push('answered'),
        ended: why => void told.push(why)
      }
    )
    await until('it is answered', () => told.length > 0, 30_000)
    if (isSealed) await sealed(phone.screen)
    await until('the speech is heard', () => phone.heard().includes(PIECE), 60_000)
    call.hangUp()
    await until('it is over', () => told.includes('byUs'))
    expect(adapter.fake.rejections).toEqual([])
  })
})
