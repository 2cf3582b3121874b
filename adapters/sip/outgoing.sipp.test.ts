/** sipp, which we did not write, is rung by the adapter, answers, presses keys, is busy, or lets it ring (Debian package sip-tester). */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { CallRequest } from '../../gateway/core/placed-call.ts'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { freePort } from '../../gateway/testing/ports.ts'
import { startRelay } from '../../gateway/testing/sip-relay.ts'
import { startAsking, startListener, startNeighbours, startReliable } from '../../gateway/testing/sipp-neighbours.ts'
import { tempDir } from '../../gateway/testing/temp-dir.ts'
import { until } from '../../gateway/testing/wait.ts'
import { sdp, startAdapter } from './testing.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function ring(numbers: readonly string[], ringMs = 25_000, loss = 0) {
  const sipp = await startNeighbours(numbers.length, 50)
  cleanups.push(sipp.stop)
  const relay = await startRelay(sipp.port, loss)
  cleanups.push(relay.close)
  const trunk = { name: 'exchange', address: '127.0.0.1', port: relay.port, maxPlaced: 20 }
  const adapter = await startAdapter({ trunks: [trunk] })
  cleanups.push(adapter.stop)
  const told = new Map<string, string[]>()
  for (const number of numbers) {
    const heard: string[] = []
    told.set(number, heard)
    const rings = number.endsWith('4') ? Math.min(ringMs, 3_000) : ringMs
    const request: CallRequest = {
      number,
      ringMs: rings,
      speech: { pieces: [{ name: 'help-coming.zh' }], repeat: true }
    }
    const call = adapter.place(request, {
      ringing: () => heard.push('ringing'),
      answered: () => heard.push('answered'),
      digit: digit => {
        heard.push(digit)
        call.hangUp()
      },
      spoken: () => heard.push('spoken'),
      ended: end => heard.push(end)
    })
  }
  return { ...sipp, told, adapter, relay }
}

/** What each of the four kinds of telephone is heard to do, `ringing` apart: it may be lost. */
const EXPECTED = [[], ['answered', '1', 'byUs'], ['answered', '2', 'byUs'], ['busy'], ['noAnswer']] as const
const expected = (number: string) => EXPECTED[Number(number.at(-1))]

describe('sipp is rung', () => {
  it('answers and presses a key, which is heard once; is busy; lets it ring until it is cancelled', async () => {
    const { told, ended, adapter } = await ring(['6650101', '6650102', '6650103', '6650104'], 1_500)
    expect(await ended).toBe('passed')
    expect(told.get('6650101')).toEqual(['ringing', 'answered', '1', 'byUs'])
    expect(told.get('6650102')).toEqual(['ringing', 'answered', '2', 'byUs'])
    expect(told.get('6650103')).toEqual(['busy'])
    expect(told.get('6650104')).toEqual(['ringing', 'noAnswer'])
    expect(adapter.fake.rejections).toEqual([])
  })

  const fifteen = Array.from({ length: 15 }, (_, i) => `77${i + 10}${1 + (i % 4)}`)

  it('fifteen at once, each for itself', async () => {
    const { told, ended } = await ring(fifteen, 3_000)
    expect(await ended).toBe('passed')
    for (const [number, heard] of told) expect(heard.filter(e => e !== 'ringing')).toEqual(expected(number))
  })

  it('fifteen at once while every fifth datagram is lost', async () => {
    const { told, relay } = await ring(fifteen, 15_000, 0.2)
    const over = () => [...told.values()].every(heard => ['byUs', 'busy', 'noAnswer'].includes(heard.at(-1) ?? ''))
    await until('every call has ended', over)
    for (const [number, heard] of told) expect(heard.filter(e => e !== 'ringing')).toEqual(expected(number))
    expect(relay.lost).toBeGreaterThan(10)
    expect([...relay.calls.values()].map(ids => ids.size)).toEqual(fifteen.map(() => 1))
  })
})

describe('sipp rings reliably and wants a longer session', () => {
  it('gets its PRACK; the session is refreshed by us, then by it, and ended by it', async () => {
    const sipp = await startReliable()
    cleanups.push(sipp.stop)
    const clock = createFakeClock()
    const exchange = { name: 'exchange', address: '127.0.0.1', port: sipp.port, maxPlaced: 1 }
    const adapter = await startAdapter({ trunks: [exchange], callLimitMs: 3_600_000 }, { clock })
    cleanups.push(adapter.stop)
    const told: string[] = []
    adapter.place(
      { number: '6650101', ringMs: 600_000, speech: { pieces: [{ name: 'help-coming.zh' }], repeat: true } },
      {
        ringing: () => told.push('ringing'),
        answered: () => told.push('answered'),
        digit: () => {},
        spoken: () => {},
        ended: end => told.push(end)
      }
    )
    await until('it is answered', () => told.includes('answered'))
    await clock.advance(120_000)
    const ended = await sipp.ended
    expect(ended).toBe('passed')
    await until('the call is over', () => told.length === 3)
    expect(told).toEqual(['ringing', 'answered', 'byThem'])
    expect(adapter.fake.rejections).toEqual([])
  })
})

describe('sipp that wants our log-in of every request', () => {
  it('sees it in INVITE, PRACK and BYE', async () => {
    const sipp = await startAsking()
    cleanups.push(sipp.stop)
    const exchange = { name: 'exchange', address: '127.0.0.1', port: sipp.port, maxPlaced: 1 }
    const adapter = await startAdapter({ trunks: [exchange] }, { credentials: { 'trunk/exchange': 'secret' } })
    cleanups.push(adapter.stop)
    const told: string[] = []
    const call = adapter.place(
      { number: '6650101', ringMs: 60_000, speech: { pieces: [{ name: 'help-coming.zh' }], repeat: true } },
      {
        ringing: () => told.push('ringing'),
        answered() {
          told.push('answered')
          call.hangUp()
        },
        digit: () => {},
        spoken: () => {},
        ended: end => told.push(end)
      }
    )
    expect(await sipp.ended).toBe('passed')
    expect(told).toEqual(['ringing', 'answered', 'byUs'])
    expect(adapter.fake.rejections).toEqual([])
  })
})

describe('ffmpeg', () => {
  const STEP_BYTES = 160
  const BREATH_BYTES = 5 * STEP_BYTES
  const SILENT = 0xd5

  /** The shipped piece, filled up to whole packets, and the breath after it. */
  async function piece(name: string): Promise<Buffer> {
    const spoken = await readFile(join(import.meta.dirname, 'prompts', `${name}.alaw`))
    const rest = (STEP_BYTES - (spoken.length % STEP_BYTES)) % STEP_BYTES
    return Buffer.concat([spoken, Buffer.alloc(rest + BREATH_BYTES, SILENT)])
  }

  it('hears the pieces in their order, the house number in the place of a household that has no file', async () => {
    const folder = tempDir('heard')
    const voicePort = await freePort()
    await writeFile(join(folder, 'in.sdp'), sdp(voicePort, '8'))
    const args = ['-loglevel', 'error', '-protocol_whitelist', 'file,udp,rtp', '-i', 'in.sdp', '-t', '5']
    const ffmpeg = spawn('ffmpeg', [...args, '-c', 'copy', '-f', 'alaw', 'heard.alaw'], {
      cwd: folder,
      stdio: 'ignore'
    })
    const recorded = new Promise<void>((resolve, reject) => ffmpeg.once('close', () => resolve()).once('error', reject))
    const sipp = await startListener(voicePort)
    cleanups.push(sipp.stop)
    const adapter = await startAdapter({
      trunks: [{ name: 'exchange', address: '127.0.0.1', port: sipp.port, maxPlaced: 1 }]
    })
    cleanups.push(adapter.stop)
    const otherwise = ['digit-3.zh', 'digit-4.zh', 'word-hao.zh']
    const pieces = [{ name: 'callout-cannot.zh' }, { name: 'household-nobody', otherwise }, { name: 'callout-keys.zh' }]
    const call = adapter.place(
      { number: '6650101', ringMs: 5_000, speech: { pieces, repeat: false } },
      { ringing: () => {}, answered: () => {}, digit: () => {}, spoken: () => call.hangUp(), ended: () => {} }
    )
    expect(await sipp.ended).toBe('passed')
    await recorded
    const heard = await readFile(join(folder, 'heard.alaw'))
    const said = await Promise.all(['callout-cannot.zh', ...otherwise, 'callout-keys.zh'].map(piece))
    expect(heard.length).toBeGreaterThan(30_000)
    expect(Buffer.concat(said).indexOf(heard)).toBeGreaterThanOrEqual(0)
  })
})
