/** One order of the administrator: sending, refused with its reason, or done; asks for the list anew afterwards. */
import { useState } from 'react'
import { post, Refusal, type RefusalCode } from '../../wire/api.ts'

export function useOrder(renew: () => void) {
  const [sending, setSending] = useState(false)
  const [failed, setFailed] = useState<RefusalCode>()
  const order = async (path: string, body?: object) => {
    setSending(true)
    setFailed(undefined)
    try {
      await post(path, body)
      renew()
    } catch (error) {
      setFailed(error instanceof Refusal ? error.code : 'UNKNOWN')
    }
    setSending(false)
  }
  return { order, failed, state: sending ? ('sending' as const) : ('ready' as const) }
}
