/** Passwords and secrets that are shown once: all of them until each is said to be handed on; whoever leaves the page before is asked. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/parts.tsx'
import { useUnsaved } from '../../ui/use-unsaved.ts'

export interface OnceShown {
  /** Whose it is; a newer one takes the place of an earlier one. */
  readonly of: string
  readonly secret: string
}

export function useOnce() {
  const [shown, setShown] = useState<readonly OnceShown[]>([])
  const others = (all: readonly OnceShown[], of: string) => all.filter(each => each.of !== of)
  return {
    shown,
    show: (of: string, secret: string) => setShown(all => [...others(all, of), { of, secret }]),
    take: (of: string) => setShown(all => others(all, of))
  }
}

interface OnceProps {
  readonly once: ReturnType<typeof useOnce>
  /** Before the secret. */
  readonly wordOf: (of: string) => string
  /** On the button that puts it away. */
  readonly taken: string
}

export function Once({ once: { shown, take }, wordOf, taken }: OnceProps) {
  const { t } = useTranslation()
  // Another record of the same list takes nothing away.
  const { asked } = useUnsaved(() => shown.length > 0, isWayOut)
  return (
    <>
      {shown.map(({ of, secret }) => (
        <p key={of} className="mng-once row g12" role="status">
          <span>
            {wordOf(of)} <b className="n">{secret}</b>
          </span>
          <Button onClick={() => take(of)}>{taken}</Button>
        </p>
      ))}
      {asked !== undefined && (
        <p className="mng-asks t-amb" role="alert">
          {t('manage:onceAsk', { taken })}
        </p>
      )}
    </>
  )
}

const isWayOut = (way: string) => !way.startsWith('record ')
