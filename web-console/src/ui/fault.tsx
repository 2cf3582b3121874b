/** A part that cannot be drawn (a chunk of an older build is gone, a record nobody foresaw) says so in its place; the rest of the floor goes on. */
import { Component, type ErrorInfo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './parts.tsx'

interface FaultProps {
  /** A key of the words: what is missing, e.g. `common:fault.video`. */
  readonly part: string
  readonly children: ReactNode
}

interface FaultState {
  readonly error: Error | undefined
}

export class Fault extends Component<FaultProps, FaultState> {
  override state: FaultState = { error: undefined }

  static getDerivedStateFromError(error: Error): FaultState {
    return { error }
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack)
  }

  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    return <Broken part={this.props.part} error={error} />
  }
}

interface BrokenProps {
  readonly part: string
  readonly error: Error
}

function Broken({ part, error }: BrokenProps) {
  const { t } = useTranslation()
  return (
    <div className="fault" role="alert">
      <b className="t-amb">{t('common:fault.title', { part: t(part) })}</b>
      <span className="m">{t('common:fault.rest')}</span>
      <Button onClick={() => location.reload()}>{t('common:fault.reload')}</Button>
      <code className="d t12 el">{error.message}</code>
    </div>
  )
}
