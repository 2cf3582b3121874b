/** Sheets of paper: opened as PDF in a window of their own, from where the browser prints them. Who may is foreseen; the gateway decides. */
import type { Incident } from '../../../gateway/core/incident.ts'
import type { SessionUser } from '../../../gateway/core/wire.ts'

const languageOf = (language: string) => (language === 'en' ? 'en' : 'zh-CN')

/** Within the press of a button or key: browsers open no window later. */
export function openSheet(path: string, language: string, query: Readonly<Record<string, string>> = {}): void {
  const asked = new URLSearchParams({ ...query, language: languageOf(language) })
  window.open(`/api/print/${path}?${asked}`, '_blank', 'noopener')
}

export const openOrder = (incident: Pick<Incident, 'id'>, language: string): void =>
  openSheet(`incidents/${encodeURIComponent(incident.id)}`, language)

/** A word of `print:whyNot`. */
export function whyNotOrder(user: SessionUser, incident: Pick<Incident, 'owner'>): 'notTaken' | 'notOwner' | undefined {
  if (user.role !== 'operator') return undefined
  if (!incident.owner) return 'notTaken'
  return incident.owner.userId === user.userId ? undefined : 'notOwner'
}
