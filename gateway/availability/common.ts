/** Common causes: many cameras of one device or network gone at once are one trouble, not one each (domain: a gateway inhibits its children). */
import type { CameraId } from '../core/brand.ts'
import { STALE_MS } from './causes.ts'
import { type Hold, hold, QUIET, shifted } from './hysteresis.ts'

/** Fewer cameras than this have no switch in common worth a trouble of its own. */
const MIN_MEMBERS = 3
/** So many of a group's watched cameras silent: it is the network. */
const GONE_SHARE = 0.6
/** Fewer than this again: it is back, and who is still silent is a case of its own. */
const BACK_SHARE = 0.3

/** `host:10.0.3.7` for a recorder with many channels, then `net:10.0.3` for a network of 256 addresses. */
export function groupsOf(url: string | undefined): readonly string[] {
  const host = url === undefined ? undefined : URL.parse(url)?.hostname
  if (!host) return []
  const net = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(host)?.[1]
  return net === undefined ? [`host:${host}`] : [`host:${host}`, `net:${net}`]
}

export interface Silent {
  readonly cameraId: CameraId
  readonly groups: readonly string[]
  /** How long no frame has come; undefined: not watched just now. */
  readonly silentMs: number | undefined
}

export interface CommonChange {
  readonly group: string
  readonly change: 'raise' | 'clear'
  readonly raisedAtMs: number
  readonly members: readonly CameraId[]
}

interface Count {
  all: number
  due: boolean
  readonly gone: CameraId[]
}

/** Groups of a town; `judge` once a second with all cameras. */
export class CommonCauses {
  readonly #holds = new Map<string, Hold>()
  readonly #times: { readonly dueMs: number; readonly clearAfterMs: number }

  /** `raised`: groups told before a restart. */
  constructor(
    times: { readonly dueMs: number; readonly clearAfterMs: number },
    raised: readonly { readonly group: string; readonly hold: Hold }[]
  ) {
    this.#times = times
    for (const each of raised) this.#holds.set(each.group, each.hold)
  }

  /** The group whose trouble stands for this camera's silence, the smallest first. */
  holderOf(groups: readonly string[]): string | undefined {
    return groups.find(group => this.#holds.get(group)?.raised)
  }

  /** The clock was set back. */
  shift(byMs: number): void {
    for (const [group, each] of this.#holds) this.#holds.set(group, shifted(each, byMs))
  }

  judge(cameras: readonly Silent[], nowMs: number): readonly CommonChange[] {
    const hosts = this.#settle(this.#count(cameras, 'host:'), nowMs)
    // What a recorder's own trouble explains says nothing of the network it stands in.
    const rest = cameras.filter(({ groups }) => this.holderOf(groups)?.startsWith('host:') !== true)
    return [...hosts, ...this.#settle(this.#count(rest, 'net:'), nowMs)]
  }

  #count(cameras: readonly Silent[], kind: string): Map<string, Count> {
    const counts = new Map<string, Count>()
    for (const { cameraId, groups, silentMs } of cameras) {
      const group = groups.find(each => each.startsWith(kind))
      if (silentMs === undefined || group === undefined) continue
      const count = counts.get(group) ?? { all: 0, due: false, gone: [] }
      count.all += 1
      count.due ||= silentMs >= this.#times.dueMs
      if (silentMs >= STALE_MS) count.gone.push(cameraId)
      counts.set(group, count)
    }
    // A group whose cameras have all been taken out of the list, or are held by their recorder, is over.
    for (const [group, { raised }] of this.#holds)
      if (raised && group.startsWith(kind) && !counts.has(group) && cameras.every(c => c.silentMs !== undefined))
        counts.set(group, { all: 0, due: false, gone: [] })
    return counts
  }

  #settle(counts: ReadonlyMap<string, Count>, nowMs: number): readonly CommonChange[] {
    const changes: CommonChange[] = []
    for (const [group, { all, due, gone }] of counts) {
      const before = this.#holds.get(group) ?? QUIET
      const share = all === 0 ? 0 : gone.length / all
      const wrong = before.raised ? share >= BACK_SHARE : all >= MIN_MEMBERS && due && share >= GONE_SHARE
      const { hold: after, change } = hold(before, wrong, nowMs, {
        raiseAfterMs: 0,
        clearAfterMs: this.#times.clearAfterMs
      })
      if (after !== QUIET) this.#holds.set(group, after)
      const raisedAtMs = (change === 'clear' ? before : after).raisedAtMs
      if (change && raisedAtMs !== undefined) changes.push({ group, change, raisedAtMs, members: gone })
    }
    return changes
  }
}
