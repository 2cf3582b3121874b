/** What part of time the timeline shows, and where things lie on it; plain functions. */

/** UTC ms. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

export const MIN_SPAN_MS = 60_000
export const MAX_SPAN_MS = 24 * 3_600_000
/** Room behind now, so that the newest second does not stick to the edge. */
const AHEAD_SHARE = 0.06
const STEPS_MS = [
  1_000, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000
] as const
const MIN_TICK_PX = 84

/** Never narrower than a minute, wider than a day, or far into the future. */
export function bounded(span: Span, nowMs: number): Span {
  const length = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, span.toMs - span.fromMs))
  const latest = nowMs + length * AHEAD_SHARE
  const middle = (span.fromMs + span.toMs) / 2
  const toMs = Math.min(latest, middle + length / 2)
  return { fromMs: toMs - length, toMs }
}

export function around(atMs: number, lengthMs: number, nowMs: number): Span {
  return bounded({ fromMs: atMs - lengthMs / 2, toMs: atMs + lengthMs / 2 }, nowMs)
}

/** Narrower (`factor` < 1) or wider; the time at `anchorMs` stays where it is. */
export function zoomed(span: Span, factor: number, anchorMs: number, nowMs: number): Span {
  const length = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, (span.toMs - span.fromMs) * factor))
  const share = (anchorMs - span.fromMs) / (span.toMs - span.fromMs)
  const fromMs = anchorMs - length * share
  return bounded({ fromMs, toMs: fromMs + length }, nowMs)
}

export function moved(span: Span, byMs: number, nowMs: number): Span {
  return bounded({ fromMs: span.fromMs + byMs, toMs: span.toMs + byMs }, nowMs)
}

/** The span that has the clock inside its middle nine tenths: unchanged while it has, else with the clock at its first tenth. */
export function following(span: Span, atMs: number, nowMs: number): Span {
  const length = span.toMs - span.fromMs
  if (atMs >= span.fromMs && atMs <= span.toMs - length * 0.03) return span
  return bounded({ fromMs: atMs - length * 0.1, toMs: atMs + length * 0.9 }, nowMs)
}

export function xOf(ms: number, span: Span, width: number): number {
  return ((ms - span.fromMs) / (span.toMs - span.fromMs)) * width
}

export function msOf(x: number, span: Span, width: number): number {
  return span.fromMs + (x / Math.max(1, width)) * (span.toMs - span.fromMs)
}

export interface Tick {
  readonly atMs: number
  /** Seconds are told below a step of a minute. */
  readonly seconds: boolean
}

/** Round times of the site's clock, far enough apart to be read. */
export function ticksOf(span: Span, width: number, zoneOffsetMs: number): readonly Tick[] {
  const perPx = (span.toMs - span.fromMs) / Math.max(1, width)
  const step = STEPS_MS.find(each => each / perPx >= MIN_TICK_PX) ?? 14_400_000
  const first = Math.ceil((span.fromMs + zoneOffsetMs) / step) * step - zoneOffsetMs
  const ticks: Tick[] = []
  for (let atMs = first; atMs <= span.toMs && ticks.length < 100; atMs += step)
    ticks.push({ atMs, seconds: step < 60_000 })
  return ticks
}

/** An incident stands behind it; the rest is what a camera saw move. */
export function isAlarm({ kind, incidentId }: { readonly kind: string; readonly incidentId?: unknown }): boolean {
  return kind !== 'motion' || incidentId !== undefined
}

/** The mark behind or before a time; undefined when there is none. */
export function nextMark<M extends { readonly atMs: number }>(
  marks: readonly M[],
  atMs: number,
  direction: 1 | -1
): M | undefined {
  // A jump lands a little before its mark: from there the same one is not the next.
  const sorted = marks.toSorted((a, b) => a.atMs - b.atMs)
  return direction === 1
    ? sorted.find(mark => mark.atMs > atMs + MARK_LEAD_MS + 500)
    : sorted.findLast(mark => mark.atMs < atMs + MARK_LEAD_MS - 500)
}

/** A jump to an alarm shows what came before it. */
export const MARK_LEAD_MS = 5_000
