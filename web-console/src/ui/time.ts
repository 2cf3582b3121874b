/** Times as the floor reads them: 03:13:18, ages as 0:47 or 18 分, durations as 1 分 20 秒. */

import type { TFunction } from 'i18next'

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, options)
  formats.set(key, made)
  return made
}

/** `03:13:18` in the site's zone. */
export function clockText(ms: number, timeZone: string): string {
  return format('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(
    ms
  )
}

/** `03:13:18.042`: what a line of the record is to the millisecond. */
export function preciseText(ms: number, timeZone: string): string {
  return `${clockText(ms, timeZone)}.${String(((ms % 1_000) + 1_000) % 1_000).padStart(3, '0')}`
}

/** `03:13` in the site's zone. */
export function minuteText(ms: number, timeZone: string): string {
  return clockText(ms, timeZone).slice(0, 5)
}

/** `11月22日 周日` or `Sun 22 Nov`. */
export function dateText(ms: number, timeZone: string, language: string): string {
  const zh = language.startsWith('zh')
  const date = format(zh ? 'zh-CN' : 'en-GB', { timeZone, month: zh ? 'long' : 'short', day: 'numeric' }).format(ms)
  const day = format(zh ? 'zh-CN' : 'en-GB', { timeZone, weekday: 'short' }).format(ms)
  return zh ? `${date} ${day}` : `${day} ${date}`
}

/** With its year, in the site's zone: `2026年11月22日` or `22 Nov 2026`. */
export function yearDateText(ms: number, timeZone: string, language: string): string {
  const zh = language.startsWith('zh')
  const parts = { timeZone, year: 'numeric', month: zh ? 'long' : 'short', day: 'numeric' } as const
  return format(zh ? 'zh-CN' : 'en-GB', parts).format(ms)
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}

/** `0:47`, `24:10`; never negative. */
export function countText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`
}

/** Age of an incident: minutes and seconds below one hour, then hours, then days. */
export function ageText(ms: number, t: TFunction): string {
  if (ms < 3_600_000) return countText(ms)
  if (ms < 48 * 3_600_000) return t('common:age.hours', { n: Math.floor(ms / 3_600_000) })
  return t('common:age.days', { n: Math.floor(ms / 86_400_000) })
}

/** Age in words: 4 秒, 6 分, 2 时. */
export function spanText(ms: number, t: TFunction): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 90) return t('common:span.seconds', { n: seconds })
  if (seconds < 5_400) return t('common:span.minutes', { n: Math.round(seconds / 60) })
  return t('common:age.hours', { n: Math.round(seconds / 3_600) })
}

/** How long ago: 刚刚, 4 秒前, 6 分前. */
export function agoText(ms: number, t: TFunction): string {
  return ms < 1_500 ? t('common:age.now') : t('common:age.ago', { span: spanText(ms, t) })
}

/** A travel time, or how long something lasted or is late: 45 秒, 1 分 20 秒, 2 时 05 分. */
export function etaText(seconds: number, t: TFunction): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return t('common:span.seconds', { n: whole })
  if (whole < 3_600) return t('common:span.minutesSeconds', { m: Math.floor(whole / 60), s: pad(whole % 60) })
  return t('common:span.hoursMinutes', { h: Math.floor(whole / 3_600), m: pad(Math.floor(whole / 60) % 60) })
}

/** How long something lasted, the same way. */
export const durationText = (ms: number, t: TFunction): string => etaText(ms / 1_000, t)

/** What is asked for, as people say it: 60 秒, 90 秒, 5 分, 2 分 30 秒. A whole minute has no seconds, and nothing is rounded. */
export function limitText(ms: number, t: TFunction): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  if (seconds < 120) return t('common:span.seconds', { n: seconds })
  return seconds < 5_400 && seconds % 60 === 0 ? t('common:span.minutes', { n: seconds / 60 }) : etaText(seconds, t)
}

/** To a tenth of a second: 1.2 秒. */
export const tenthsText = (ms: number, t: TFunction): string => t('common:span.seconds', { n: (ms / 1_000).toFixed(1) })

/** 22 m below a kilometre, then 0.6 km. */
export function distanceText(metres: number): string {
  return metres < 950 ? `${Math.round(metres)} m` : `${(metres / 1_000).toFixed(1)} km`
}

/** 1.2 MB, 3.4 GB. */
export function bytesText(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1_000))} kB`
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`
}
