/** The laws, proved on the Messages format. */

import { laws } from "./laws.ts";
import { subject } from "./messages.subject.ts";
import { transcriptLaws } from "./transcript-laws.ts";

laws(subject);
transcriptLaws(subject);
