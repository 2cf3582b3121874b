/** Downloads a file of any size by its ticket: a form in a hidden frame, so that the browser writes it to the disk as it comes and the page holds none of it. */
import type { Ticket } from '../../../gateway/core/wire.ts'
import { workerUrl } from '../player/tickets.ts'

/** A worker that has not answered by then will not; a download that has begun needs the frame no more. */
const FRAME_MS = 120_000

/** Calls `refused` when the worker answers with anything but the file. The ticket goes in the body, never in the address. */
export function download(ticket: Ticket, refused: () => void): void {
  const frame = document.createElement('iframe')
  frame.name = `download-${crypto.randomUUID()}`
  frame.hidden = true
  document.body.append(frame)
  // A frame loads a page that is shown; an attachment is none.
  frame.addEventListener('load', () => {
    frame.remove()
    refused()
  })
  const field = document.createElement('input')
  field.type = 'hidden'
  field.name = 'ticket'
  field.value = ticket.ticket
  const form = document.createElement('form')
  form.method = 'post'
  form.action = workerUrl(ticket, 'http')
  form.target = frame.name
  form.hidden = true
  form.append(field)
  document.body.append(form)
  form.submit()
  form.remove()
  setTimeout(() => frame.remove(), FRAME_MS)
}
