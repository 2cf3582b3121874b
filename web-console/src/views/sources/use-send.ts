/** Tests and shelves are sent the same way. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalText } from '../../i18n/refusal.ts'
import type { ButtonState } from '../../ui/parts.tsx'
import { post } from '../../wire/api.ts'

/** Sends one thing at a time and says in place what came of it. */
export function useSend(onChange: () => void) {
  const { t } = useTranslation()
  const [state, setState] = useState<ButtonState>('ready')
  const [said, setSaid] = useState('')
  const send = async (path: string, body: object = {}) => {
    setState('sending')
    setSaid('')
    try {
      await post(path, body)
      setState('ready')
    } catch (error) {
      setState('refused')
      setSaid(refusalText(error, t))
    }
    onChange()
  }
  return { state, said, send }
}
