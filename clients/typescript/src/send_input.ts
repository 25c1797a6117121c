/** What `messages.send` takes: the body of `POST /api/v1/messages`, one type for each kind of message. */

interface CommonInput {
  /** A phone number in E.164, such as "+14155550123", or a WhatsApp user id (BSUID). */
  to: string;
  /** Names the contact if this request creates it. */
  name?: string | null | undefined;
  /** A message of the conversation with this recipient. */
  reply_to_message_id?: string | null | undefined;
}

/** A text. */
export interface TextInput extends CommonInput {
  type?: "text" | null | undefined;
  /** 1 to 4096 characters. */
  text: string;
  media_url?: null | undefined;
  filename?: null | undefined;
  template?: null | undefined;
}

/** An approved template. */
export interface TemplateInput extends CommonInput {
  type: "template";
  template: TemplateContent;
  text?: null | undefined;
  media_url?: null | undefined;
  filename?: null | undefined;
}

/** A file that Meta fetches. */
export interface MediaInput extends CommonInput {
  type: "image" | "video" | "document" | "audio";
  /** A public http or https URL. */
  media_url: string;
  /** The caption, up to 1024 characters; with audio it is stored but not sent. */
  text?: string | null | undefined;
  /** The name a document is shown with. */
  filename?: string | null | undefined;
  template?: null | undefined;
}

/** A message to send. */
export type SendInput = TextInput | TemplateInput | MediaInput;

/** A template and the values of its variables. */
export interface TemplateContent {
  name: string;
  /** "en_US" if left out. */
  language?: string | null | undefined;
  /** A list of values for the body, or one object for all components. */
  params?: readonly TemplateValue[] | TemplateParams | null | undefined;
}

/** The value of a variable. */
export type TemplateValue = string | number | boolean;

/** The values of a template's components. A header is a text, or one file. */
export type TemplateParams =
  & {
    body?: readonly TemplateValue[] | Readonly<Record<string, TemplateValue>> | null | undefined;
    /** From a button's index, "0" to "9", to the variable part of its URL. */
    buttonParams?: Readonly<Record<string, TemplateValue>> | null | undefined;
  }
  & (
    | {
      headerText?: TemplateValue | null | undefined;
      headerMediaUrl?: null | undefined;
      headerMediaId?: null | undefined;
      headerMediaType?: null | undefined;
    }
    | {
      headerMediaUrl: string;
      headerMediaId?: null | undefined;
      headerText?: null | undefined;
      headerMediaType?: HeaderMediaType | null | undefined;
    }
    | {
      headerMediaId: string;
      headerMediaUrl?: null | undefined;
      headerText?: null | undefined;
      headerMediaType?: HeaderMediaType | null | undefined;
    }
  );

type HeaderMediaType = "image" | "video" | "document";
