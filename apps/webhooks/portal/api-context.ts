import { createContext, useContext } from 'react';
import type { Api } from './api.js';

/** Carries the API to every part of the page. */
export const ApiContext = createContext<Api | null>(null);

/** The API of the session that the page was opened with. */
export function useApi(): Api {
  return useContext(ApiContext)!;
}
