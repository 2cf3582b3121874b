/** Something that moves along the streets: a taxi that drives on for ever, a patrol on its round or on its way to an incident. */
import { bearingDeg, distanceM, type GeoPoint } from '../../gateway/core/geo.ts'
import type { LonLat, RoadGraph, RoadWay } from '../../gateway/dispatch/road-graph.ts'

export interface MoverOptions {
  readonly roads: RoadGraph
  /** The junction where it begins. */
  readonly junction: number
  /** A speed of its own for every stretch, in between these. */
  readonly speedKmh: readonly [number, number]
  /** 0 ≤ r < 1. */
  readonly random: () => number
  /** Rounds stay this near to their beginning; absent: the whole town. */
  readonly roundM?: number
  readonly nowMs: number
}

export interface Place {
  readonly lat: number
  readonly lon: number
  readonly speedKmh: number
  readonly headingDeg: number
}

/** Numbers that are the same every time for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The junction nearest to a place. */
export function junctionNear(roads: RoadGraph, [lon, lat]: LonLat): number {
  let best = 0
  for (let junction = 1; junction < roads.junctions; junction++)
    if (metres(placeOf(roads, junction), [lon, lat]) < metres(placeOf(roads, best), [lon, lat])) best = junction
  return best
}

function placeOf(roads: RoadGraph, junction: number): LonLat {
  return roads.ways(junction)[0]?.path[0] ?? [0, 0]
}

const pointOf = ([lon, lat]: LonLat): GeoPoint => ({ lat, lon, datum: 'wgs84' })
const metres = (a: LonLat, b: LonLat) => distanceM(pointOf(a), pointOf(b))

/** Computes where it is only when asked: thirty taxis cost thirty small sums per report. */
export class Mover {
  private readonly options: MoverOptions
  private readonly home: LonLat
  private junction: number
  private cameFrom = -1
  private path: readonly LonLat[] = []
  private segment = 0
  private doneM = 0
  private speedKmh = 0
  private lastMs: number
  private ordered = false
  private atGoal = false

  constructor(options: MoverOptions) {
    this.options = options
    this.junction = options.junction
    this.home = placeOf(options.roads, options.junction)
    this.lastMs = options.nowMs
    this.path = [this.home, this.home]
  }

  /** True from the moment the ordered place is reached until `goOn`. */
  get arrived(): boolean {
    return this.atGoal
  }

  /** Moves on to `nowMs` and says where that is. */
  at(nowMs: number): Place {
    let leftM = (Math.max(0, nowMs - this.lastMs) / 3_600_000) * this.speedKmh * 1000
    this.lastMs = nowMs
    if (!this.ordered && this.speedKmh === 0) this.nextStretch()
    while (leftM > 0 && this.speedKmh > 0) {
      const [from, to] = this.current()
      const restM = metres(from, to) - this.doneM
      if (leftM < restM) {
        this.doneM += leftM
        break
      }
      leftM -= restM
      this.doneM = 0
      this.segment += 1
      if (this.segment >= this.path.length - 1) this.endOfPath()
    }
    return this.place()
  }

  /** Drives to a place by the shortest way; false when no road leads there. */
  goTo(goal: GeoPoint, speedKmh: number): boolean {
    const { lat, lon } = this.place()
    const route = this.options.roads.route({ lat, lon, datum: 'wgs84' }, goal)
    if (!route) return false
    this.follow(route.path, speedKmh)
    this.ordered = true
    this.atGoal = false
    return true
  }

  /** Back to its round. */
  goOn(): void {
    if (!this.ordered) return
    this.ordered = false
    this.atGoal = false
    const { lat, lon } = this.place()
    const route = this.options.roads.route({ lat, lon, datum: 'wgs84' }, pointOf(this.home))
    this.junction = this.options.junction
    this.cameFrom = -1
    if (route) this.follow(route.path, this.options.speedKmh[1])
    else this.nextStretch()
  }

  private endOfPath(): void {
    if (!this.ordered) {
      this.nextStretch()
      return
    }
    this.segment = this.path.length - 2
    this.doneM = metres(...this.current())
    this.speedKmh = 0
    this.atGoal = true
  }

  private nextStretch(): void {
    const way = this.choose(this.options.roads.ways(this.junction))
    if (!way) {
      this.speedKmh = 0
      return
    }
    this.cameFrom = this.junction
    this.junction = way.to
    const [slow, fast] = this.options.speedKmh
    this.follow(way.path, slow + (fast - slow) * this.options.random())
  }

  /** Any way but back and out of town; on a round the ways that stay near come first. */
  private choose(all: readonly RoadWay[]): RoadWay | undefined {
    const { roads, roundM, random } = this.options
    const through = all.filter(way => roads.ways(way.to).length > 1)
    const on = through.filter(way => way.to !== this.cameFrom)
    const near = on.filter(way => roundM === undefined || metres(placeOf(roads, way.to), this.home) <= roundM)
    const some = [near, on, through, all].find(list => list.length > 0) ?? []
    return some[Math.floor(random() * some.length)]
  }

  private follow(path: readonly LonLat[], speedKmh: number): void {
    this.path = path
    this.segment = 0
    this.doneM = 0
    this.speedKmh = speedKmh
  }

  private current(): readonly [LonLat, LonLat] {
    const from = this.path[this.segment] ?? this.home
    return [from, this.path[this.segment + 1] ?? from]
  }

  private place(): Place {
    const [from, to] = this.current()
    const lengthM = metres(from, to)
    const share = lengthM === 0 ? 0 : Math.min(1, this.doneM / lengthM)
    return {
      lon: from[0] + (to[0] - from[0]) * share,
      lat: from[1] + (to[1] - from[1]) * share,
      speedKmh: this.speedKmh,
      headingDeg: lengthM === 0 ? 0 : bearingDeg(pointOf(from), pointOf(to))
    }
  }
}
