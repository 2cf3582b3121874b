/** What is asked of vehicle terminals: sent with a serial of ours, by which the terminal's 0x0001 answers it in time or not at all. */
import type { CommandAnswer } from '../../gateway/core/device-command.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { writeGbk } from './gb18030.ts'
import type { Link } from './vehicles.ts'

/** How the terminal took it: result of its 0x0001 (0 done, 1 failed, 2 wrong, 3 not supported), or that nothing came in time. */
export type AskAnswer = { readonly answered: true; readonly result: number } | { readonly answered: false }

export interface Asks {
  /** Resolves with the terminal's answer, or without one after `waitMs` or when the line ends. Never rejects. */
  send(link: Link, messageId: number, body: Buffer, phone?: string): Promise<AskAnswer>
  /** A 0x0001 of the terminal. */
  answered(link: Link, answer: { readonly serial: number; readonly id: number; readonly result: number }): void
  detach(link: Link): void
  /** The adapter stops: nobody waits any more. */
  close(): void
}

interface Waiting {
  readonly link: Link
  readonly serial: number
  readonly messageId: number
  settle(answer: AskAnswer): void
}

export function createAsks(host: AdapterHost, waitMs: number): Asks {
  // By line: in a storm thousands of orders wait, and each answer must find its own without a search.
  const waiting = new Map<Link, Set<Waiting>>()
  const settle = (link: Link, which: (entry: Waiting) => boolean, answer: AskAnswer) => {
    for (const entry of [...(waiting.get(link) ?? [])]) if (which(entry)) entry.settle(answer)
  }
  const forget = (entry: Waiting) => {
    const mine = waiting.get(entry.link)
    mine?.delete(entry)
    if (mine?.size === 0) waiting.delete(entry.link)
  }
  return {
    send: (link, messageId, body, phone) =>
      new Promise(resolve => {
        const cancel = host.clock.after(waitMs, () => entry.settle({ answered: false }))
        const entry: Waiting = {
          ...{ link, messageId, serial: link.send(messageId, body, phone) },
          settle(answer) {
            cancel()
            forget(entry)
            resolve(answer)
          }
        }
        waiting.set(link, (waiting.get(link) ?? new Set()).add(entry))
      }),
    answered(link, { serial, id, result }) {
      settle(link, entry => entry.serial === serial && entry.messageId === id, { answered: true, result })
    },
    detach: link => settle(link, () => true, { answered: false }),
    close() {
      for (const link of [...waiting.keys()]) settle(link, () => true, { answered: false })
    }
  }
}

/** The floor's word for a terminal's answer. `unsupported`: the result by which this protocol says so, if it has one. */
export function commandAnswerOf(answer: AskAnswer, unsupported?: number): CommandAnswer {
  if (!answer.answered) return { result: 'noAnswer' }
  if (answer.result === 0) return { result: 'done' }
  if (answer.result === unsupported) return { result: 'unsupported' }
  return { result: 'refused', detail: `0x0001: ${answer.result}` }
}

/** Flags of 0x8300 in both protocols: on the display, read aloud, on the advertising screen. Neither names a roof sign. */
const SHOWN = { driver: 0b00100, screen: 0b10000 } as const
const ALOUD = 0b01000

/** Flags and GBK text; undefined where nothing shows it, or when it is longer than `maxBytes`. */
export function textOf(
  text: string,
  on: 'driver' | 'screen' | 'sign',
  { aloud, maxBytes }: { readonly aloud: boolean; readonly maxBytes: number }
): { readonly flags: number; readonly bytes: Buffer } | undefined {
  if (on === 'sign') return undefined
  const bytes = writeGbk(text)
  if (bytes.length > maxBytes) return undefined
  return { flags: SHOWN[on] | (aloud && on === 'driver' ? ALOUD : 0), bytes }
}

/** Text of at most 20 bytes in both protocols and every edition. */
const NUMBER = /^\+?[0-9*#]{1,19}$/

/** 0x8400 in both protocols: the terminal calls the number, to speak or only to be heard. */
export function callBody(number: string, listen: boolean): Buffer | undefined {
  return NUMBER.test(number) ? Buffer.concat([Buffer.from([listen ? 1 : 0]), Buffer.from(number, 'latin1')]) : undefined
}
