/** Tries a sink's line 试发: one signed message with status Test, past the queue, and what the receiver answered. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SinkTried } from '../../../../gateway/core/sink-record.ts'
import { refusalText } from '../../i18n/refusal.ts'
import { Button } from '../../ui/parts.tsx'
import { post } from '../../wire/api.ts'

/** Longer than `outwards.timeoutMs` may be. */
const WAIT_MS = 65_000

export function SinkTry({ name }: { readonly name: string }) {
  const { t } = useTranslation()
  const [sending, setSending] = useState(false)
  const [tried, setTried] = useState<SinkTried>()
  const [refused, setRefused] = useState<unknown>()
  const send = async () => {
    setSending(true)
    setTried(undefined)
    setRefused(undefined)
    try {
      setTried(await post<SinkTried>('/api/sinks/test', { id: name }, WAIT_MS))
    } catch (error) {
      setRefused(error)
    }
    setSending(false)
  }
  return (
    <section className="sink-try" aria-label={t('deliveries:test')}>
      <div className="row g8">
        <Button state={sending ? 'sending' : 'ready'} onClick={() => void send()}>
          {t('deliveries:test')}
        </Button>
        <span className="m grow">{t('deliveries:try.help')}</span>
      </div>
      <div role="status">
        {tried && <Answer tried={tried} />}
        {refused !== undefined && <p className="mng-fault">{refusalText(refused, t)}</p>}
      </div>
    </section>
  )
}

function Answer({ tried }: { readonly tried: SinkTried }) {
  const { t } = useTranslation()
  const { taken, status, ms, error, contentType, answer, isCut } = tried
  const said = error ? t([`deliveries:error.${error}`, error]) : `HTTP ${status}`
  return (
    <>
      <p className="row g8">
        <span className={taken ? 'dot' : 'dot amb'} />
        <b className={taken ? '' : 't-amb'}>{t(taken ? 'deliveries:try.taken' : 'deliveries:try.notTaken')}</b>
        <span className="n">{said}</span>
        {error !== 'noSecret' && <span className="n m">{t('deliveries:try.ms', { ms })}</span>}
        {contentType && <span className="n m el">{contentType}</span>}
      </p>
      {answer && <pre className="n">{answer}</pre>}
      {isCut && <p className="m">{t('deliveries:try.cut')}</p>}
    </>
  )
}
