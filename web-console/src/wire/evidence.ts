/** Saves an evidence file by its ticket under a name that says what it is. Throws `Refusal`, or an error when the worker does not answer. */
import type { EvidenceItem } from '../../../gateway/core/incident.ts'
import type { Ticket } from '../../../gateway/core/wire.ts'
import { fetchWithTicket } from '../player/tickets.ts'
import { post, Refusal } from './api.ts'

const SAVE_TIMEOUT_MS = 120_000

export async function saveEvidence(item: EvidenceItem): Promise<void> {
  const ticket = await post<Ticket>(`/api/evidence/${encodeURIComponent(item.id)}/ticket`)
  const blob = await fetchFile(ticket)
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = `${item.cameraName}-${item.id}.${item.file?.split('.').at(-1) ?? 'mp4'}`
  link.click()
  // The browser has taken the blob by the next turn; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

async function fetchFile(ticket: Ticket): Promise<Blob> {
  try {
    return await fetchWithTicket(ticket, AbortSignal.timeout(SAVE_TIMEOUT_MS))
  } catch (error) {
    throw new Refusal('MEDIA_UNAVAILABLE', 0, String(error))
  }
}
