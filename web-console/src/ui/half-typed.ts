/** Whether somebody has typed into a form of this page and not sent it: F2 goes away from no such page without asking. */
import { useEffect } from 'react'

const FORMS = 'form, dialog, .mng-drawer, .follow-answer'
/** What is only looked for, or jumped to, is soon typed again. */
const NO_FORMS = 'search, .pb-time, [type="search"]'

const touched = new Set<HTMLInputElement | HTMLTextAreaElement>()

function onInput({ target }: Event): void {
  const isText = target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement
  if (isText && target.closest(FORMS) && !target.closest(NO_FORMS)) touched.add(target)
}

/** What was sent is kept by the gateway, or said to be refused while one looks. */
function onSubmit({ target }: Event): void {
  for (const field of touched) if (target instanceof Node && target.contains(field)) touched.delete(field)
}

/** Something typed stands in a form of this page. */
export function isHalfTyped(): boolean {
  for (const field of touched) if (!field.isConnected) touched.delete(field)
  return [...touched].some(field => field.value.trim() !== '')
}

export function useTypingWatch(): void {
  useEffect(() => {
    window.addEventListener('input', onInput, true)
    window.addEventListener('submit', onSubmit, true)
    return () => {
      window.removeEventListener('input', onInput, true)
      window.removeEventListener('submit', onSubmit, true)
    }
  }, [])
}
