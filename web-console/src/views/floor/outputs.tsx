/** Where this seat's machine sounds: two choices on the quiet floor, and a bar across it while a chosen device is gone. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deviceOf, OUTPUT_USES, type OutputUse } from '../../sound/outputs.ts'
import { mayChoose, nameDevices, outputs, useOutputs } from '../../sound/use-outputs.ts'
import { Button } from '../../ui/parts.tsx'
import { useFloor } from './floor-context.tsx'

export function OutputsChoice() {
  const { t } = useTranslation()
  const { devices } = useOutputs()
  const [failed, setFailed] = useState(false)
  if (!mayChoose()) return null
  const named = devices.some(each => each.label !== '')
  const name = () =>
    nameDevices().then(
      () => setFailed(false),
      () => setFailed(true)
    )
  return (
    <section className="empty-block" aria-label={t('floor:outputs.title')}>
      <h2 className="head">{t('floor:outputs.title')}</h2>
      <div className="outputs">
        {OUTPUT_USES.map(use => (
          <Choice key={use} use={use} />
        ))}
        {!named && <Button onClick={() => void name()}>{t('floor:outputs.name')}</Button>}
      </div>
      <p className="m">{t(failed ? 'floor:outputs.failed' : named ? 'floor:outputs.how' : 'floor:outputs.nameWhy')}</p>
    </section>
  )
}

function Choice({ use }: { readonly use: OutputUse }) {
  const { t } = useTranslation()
  const { devices, choices } = useOutputs()
  const chosen = choices[use]
  // One that is gone stays in the list: it is what was chosen.
  const found = chosen && deviceOf(devices, chosen)
  const listed = chosen && !found ? [...devices, chosen] : devices
  const shown = found ?? chosen
  return (
    <label className="row g8">
      <span className="m">{t(`floor:outputs.use.${use}`)}</span>
      <select
        value={shown ? String(listed.indexOf(shown)) : ''}
        onChange={({ target }) => outputs.choose(use, target.value === '' ? undefined : listed[Number(target.value)])}
      >
        <option value="">{t('floor:outputs.system')}</option>
        {listed.map((each, n) => (
          <option key={each.deviceId} value={String(n)}>
            {each.label || t('floor:outputs.unnamed', { n: n + 1 })}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Also in the middle of an incident: who waits for an alarm from that loudspeaker, or listens to that headset, hears it elsewhere now. */
export function OutputsBar() {
  const { t } = useTranslation()
  const { sound } = useFloor()
  const { gone, choices } = useOutputs()
  if (gone.length === 0 || !mayChoose()) return null
  const accept = () => {
    for (const use of gone) outputs.choose(use, undefined)
  }
  return (
    <div className="bar-across red" role="alert">
      {gone.map(use => (
        <b key={use}>{t(`floor:outputs.gone.${use}`, { name: choices[use]?.label })}</b>
      ))}
      <Button keyCap="T" onClick={() => void sound.test()}>
        {t('floor:do.soundTest')}
      </Button>
      <Button onClick={accept}>{t('floor:outputs.accept')}</Button>
    </div>
  )
}
