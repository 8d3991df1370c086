interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly ItemProcessor?: StateMachine;
  readonly Branches?: readonly StateMachine[];
}

/** As much of Amazon States Language as tells how many states are entered. */
export interface StateMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** What decides the way: the state that follows each choice, and the items of each map. */
export interface Way {
  readonly choices?: Readonly<Record<string, string>>;
  readonly items?: Readonly<Record<string, number>>;
}

/**
 * States that one execution enters when nothing fails, each one a transition that is paid for; those of branches and of a map's
 * items included, whether they run in this execution or in ones of their own. Throws for a choice or a map that the way leaves out.
 */
export function transitions({ StartAt, States }: StateMachine, way: Way): number {
  let count = 0;
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    const state: State | undefined = States[name];
    if (state === undefined) throw new Error(`there is no state ${name}`);
    count += 1;
    if (state.ItemProcessor !== undefined) {
      const items = way.items?.[name];
      if (items === undefined) throw new Error(`how many items has ${name}?`);
      count += items * transitions(state.ItemProcessor, way);
    }
    for (const branch of state.Branches ?? []) count += transitions(branch, way);
    const chosen: string | undefined = state.Type === 'Choice' ? way.choices?.[name] : state.Next;
    if (state.Type === 'Choice' && chosen === undefined) throw new Error(`where does ${name} go?`);
    name = chosen;
  }
  return count;
}
