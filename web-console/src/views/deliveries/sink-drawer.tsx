/** One sink beside the list: made, changed, taken out, tried; what the configuration names is read there only. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SinkDetail, SinkDraft, SinkSaved } from '../../../../gateway/core/sink-record.ts'
import { Drawer } from '../manage/drawer.tsx'
import { FormFrame } from '../manage/form-frame.tsx'
import { History } from '../manage/history.tsx'
import { useDetail } from '../manage/use-detail.ts'
import { useSave } from '../manage/use-save.ts'
import { NEW_SINK, SinkFields } from './sink-fields.tsx'
import { SinkTry } from './sink-try.tsx'

export interface SecretMade {
  readonly name: string
  readonly secret: string
}

interface SinkDrawerProps {
  /** Empty: a new one. */
  readonly name: string
  readonly onClose: () => void
  /** Undefined: it was taken out. */
  readonly onChanged: (name: string | undefined, made?: SecretMade) => void
}

export function SinkDrawer({ name, onClose, onChanged }: SinkDrawerProps) {
  const { t } = useTranslation()
  const [again, setAgain] = useState(0)
  const path = name ? `/api/sinks/detail?id=${encodeURIComponent(name)}` : undefined
  const detail = useDetail<SinkDetail>(path, again)
  if (name && !detail) return null
  const renew = () => setAgain(n => n + 1)
  return (
    <Drawer title={name || t('deliveries:form.add')} note={detail?.host} onClose={onClose}>
      {detail && <SinkTry key={name} name={name} />}
      {detail?.origin === 'file' ? (
        <OfFile detail={detail} />
      ) : (
        <SinkForm
          key={`${name} ${again} ${detail?.version}`}
          detail={detail}
          onReload={renew}
          onChanged={(changed, made) => {
            renew()
            onChanged(changed, made)
          }}
        />
      )}
    </Drawer>
  )
}

function OfFile({ detail }: { readonly detail: SinkDetail }) {
  const { t } = useTranslation()
  return (
    <div className="mng-form">
      <div className="mng-fields">
        <p className="wide m">{t('deliveries:form.ofFile')}</p>
        <fieldset disabled className="wide sink-file mng-fields">
          <SinkFields
            {...{ draft: detail.draft, faults: [], host: detail.host, hasSecret: detail.hasSecret, isFixed: true }}
            onDraft={() => undefined}
          />
        </fieldset>
      </div>
    </div>
  )
}

interface SinkFormProps {
  readonly detail: SinkDetail | undefined
  readonly onChanged: (name: string | undefined, made?: SecretMade) => void
  readonly onReload: () => void
}

function SinkForm({ detail, onChanged, onReload }: SinkFormProps) {
  const { t } = useTranslation()
  const saving = useSave()
  const [draft, setDraft] = useState<SinkDraft>(detail?.draft ?? NEW_SINK)
  const version = detail?.version ?? 0
  const save = async () => {
    const addresses = draft.addresses.map(each => each.trim()).filter(each => each !== '')
    const sent = { ...draft, name: draft.name.trim(), addresses }
    const saved = await saving.send<SinkSaved>('/api/sinks', { version, draft: sent })
    if (saved) onChanged(saved.id, saved.secret ? { name: saved.id, secret: saved.secret } : undefined)
  }
  const remove = async () => {
    if (await saving.send<SinkSaved>('/api/sinks/remove', { id: draft.name, version })) onChanged(undefined)
  }
  return (
    <FormFrame
      {...{ saving, onReload }}
      onSave={() => void save()}
      onRemove={detail && (() => void remove())}
      removeHelp={t('deliveries:form.removeHelp')}
    >
      <SinkFields
        {...{ draft, faults: saving.faults, host: detail?.host, hasSecret: detail?.hasSecret }}
        onDraft={change => setDraft({ ...draft, ...change })}
      />
      {detail && detail.history.length > 0 && <History versions={detail.history} />}
    </FormFrame>
  )
}
