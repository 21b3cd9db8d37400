/** The laws, proved on the Chat Completions format. */
import { subject } from "./chat-completions.subject.ts";
import { laws } from "./laws.ts";
import { transcriptLaws } from "./transcript-laws.ts";

laws(subject);
transcriptLaws(subject);
